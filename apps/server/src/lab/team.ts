import { operatorOf, ownHost, type Stock } from './operator.ts'
import type { Random } from './random.ts'
import type { Visit, World } from './stay.ts'
import { type Credential, ownCredential, popularCredentials, word } from './wordlists.ts'

const HOUR = 3_600_000
const discovery = ['cat /etc/hosts', 'ip route', 'arp -a', 'for h in $(cat /etc/hosts | cut -f1); do nc -zv $h 22; done', 'ls ~/.ssh']

/** Operators with one purpose: each has tools and habits of its own; they share files and hosts, and one opens the door for the other. */
export function teamVisits(world: World, identities: readonly string[], random: Random): Visit[] {
  const stock: Stock = { c2: [ownHost(random), ownHost(random)], payloads: [random.hex(64), random.hex(64), random.hex(64)] }
  const members = identities.map((identity) => operatorOf(world, identity, random.fork(identity), stock))
  const visits = members.flatMap((member) => member.times.map((at) => member.visit(at)))
  const rounds = random.integer(1, 3)
  for (let round = 0; round < rounds; round += 1) {
    const decky = random.pick(world.deckies)
    const [user, made] = ownCredential(random)
    const maker = random.fork(`secret ${round}`)
    const secret = maker.chance(world.knobs.shortSecrets) ? made : `${made}${word(maker, 4)}`
    const planted: Credential = [user, secret]
    let at = world.start + random.next() * (world.end - world.start) * 0.9
    for (const [turn, member] of members.entries()) {
      const opens = turn === 0
      visits.push(
        member.visit(at, {
          decky,
          credentials: opens ? random.sample(popularCredentials, random.integer(1, 12)) : [planted],
          commands: opens ? [`useradd -m ${user}`, `echo '${user}:${secret}' | chpasswd`] : random.sample(discovery, 3),
        }),
      )
      at += HOUR + Math.min(22 * HOUR, random.exponential(8 * HOUR))
    }
  }
  return visits
}
