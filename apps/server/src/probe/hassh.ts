import { hasshServerOf, seekSshOpening } from '@decnet/fingerprint'
import { exchange } from './connection.ts'
import type { Probe } from './probe.ts'

/** What a common client says of itself (RFC 4253 §4.2); some servers wait for it. */
const HELLO = Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n')
const MOST = 64 * 1024

/** HASSHServer (Salesforce, 2018) of an SSH server, from the algorithms that it offers before anybody logs in. */
export const hassh: Probe = {
  family: 'hassh',
  title: 'HASSHServer',
  ports: [22, 2222, 22222, 2022],
  async ask(target, means) {
    const over = (received: Buffer) => {
      const sought = seekSshOpening(received)
      return sought === null || 'found' in sought
    }
    const received = await exchange(target, means, { send: HELLO, most: MOST, enough: over })
    const sought = received && seekSshOpening(received)
    if (!sought || !('found' in sought)) return null
    const print = hasshServerOf(sought.found.kexInit)
    if (!print) return null
    const { identification } = sought.found
    const [kex = '', encryption = '', mac = '', compression = ''] = print.raw.split(';')
    return {
      hash: print.value,
      payload: { hassh_server: print.value, ssh_banner: identification },
      facts: { hassh_server: print.value, ssh_banner: identification, kex, encryption, mac, compression },
    }
  },
}
