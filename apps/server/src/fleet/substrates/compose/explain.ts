import { AppError } from '@decnet/kernel'
import type { ComposeNetwork } from './containers.ts'
import { Refusal } from './engine.ts'

interface Known {
  readonly words: RegExp
  readonly say: (network: ComposeNetwork, said: string) => { readonly message: string; readonly code: string; readonly hint: string }
}

/** What engines say when something is in the way that an operator can clear. */
const known: readonly Known[] = [
  {
    words: /address already in use/iu,
    say: () => ({
      code: 'address_taken',
      message: 'Docker has given that address, or that card, to another container.',
      hint: 'Choose another address for the decky, or remove whoever has it: docker network inspect shows them.',
    }),
  },
  {
    words: /invalid subinterface|parent interface.*(?:not found|does not exist)|no such (?:network )?interface|Link not found/iu,
    say: ({ interface: name }) => ({
      code: 'no_interface',
      message: `Docker finds no network interface ${name}.`,
      hint: 'Name one that `ip link` lists.',
    }),
  },
  {
    words: /already using parent interface|Pool overlaps|conflicts with (?:existing )?network|already exists with the same/iu,
    say: ({ interface: name, subnet }, said) => ({
      code: 'network_taken',
      message: `Another network of Docker has ${name} or a part of ${subnet}: ${said}.`,
      hint: 'Give the fleet that network’s subnet and gateway, then it shares it; or remove it: docker network ls, docker network rm NAME',
    }),
  },
  {
    words:
      /operation not supported|not supported|unsupported|kernel.*(?:macvlan|ipvlan)|failed to create the (?:macvlan|ipvlan)|network plugin|plugin .* not found/iu,
    say: ({ driver }, said) => ({
      code: 'driver_missing',
      message: `This machine has no ${driver} for containers: ${said}.`,
      hint: `Load the kernel's module (sudo modprobe ${driver}), or choose another driver: macvlan, ipvlan, bridge.`,
    }),
  },
  {
    words: /does not belong to any of this network|invalid address/iu,
    say: ({ subnet }, said) => ({
      code: 'address_outside',
      message: `${said}.`,
      hint: `Give the decky an address of ${subnet}.`,
    }),
  },
  {
    words: /no space left/iu,
    say: () => ({
      code: 'disk_full',
      message: 'The disk of Docker is full.',
      hint: 'Free some space: docker system df, docker system prune',
    }),
  },
]

/** What an engine's refusal means for the operator, and the way out; anything else as it is. */
export function explain(error: unknown, network: ComposeNetwork): unknown {
  if (!(error instanceof Refusal)) return error
  const said = error.message.replace(/\.$/u, '')
  const found = known.find(({ words }) => words.test(said))?.say(network, said)
  const { message, ...rest } = found ?? {
    message: `Docker refused: ${said}.`,
    code: 'docker_refused',
    hint: 'See what it says more: sudo journalctl -u docker',
  }
  return new AppError(message, { ...rest, cause: error })
}
