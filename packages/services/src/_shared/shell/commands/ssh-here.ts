import { createHash, createPublicKey } from 'node:crypto'
import type { Call } from '../interpreter/call.ts'
import { serviceAt } from '../loopback/reach.ts'
import { known, secret } from './passwords.ts'
import { become } from './privilege.ts'
import { runOther } from './shells.ts'

const ATTEMPTS = 3

/** The blob of an ed25519 host key as known_hosts has it. */
function hostKey(call: Call): Buffer {
  const der = createPublicKey(call.machine.persona.hostKeys().ed25519).export({ type: 'spki', format: 'der' })
  return Buffer.concat([Buffer.from('0000000b7373682d6564323535313900000020', 'hex'), der.subarray(-32)])
}

/** ssh to this host itself: the key is asked about, a password opens what it opens anywhere. `shell` false: authentication only. */
export async function sshHere(
  call: Call,
  to: { readonly given: string; readonly address: string; readonly port: number },
  shell = true,
): Promise<number> {
  const at = to.given.lastIndexOf('@')
  const flag = call.args.indexOf('-l')
  const name = at >= 0 ? to.given.slice(0, at) : flag >= 0 ? (call.args[flag + 1] ?? '') : call.state.user.name
  const host = to.given.slice(at + 1)
  if (serviceAt(call.machine, to.port) === undefined)
    return await call.err(`ssh: connect to host ${host} port ${to.port}: Connection refused\n`).then(() => 255)
  if (serviceAt(call.machine, to.port) !== 'ssh')
    return await call.err('kex_exchange_identification: Connection closed by remote host\n').then(() => 255)
  const shown = to.port === 22 ? host : `[${host}]:${to.port}`
  const blob = hostKey(call)
  const folder = `${call.state.user.home}/.ssh`
  const line = `${shown} ssh-ed25519 ${blob.toString('base64')}\n`
  const knownHosts = call.fs.has(`${folder}/known_hosts`, call.as) ? call.fs.read(`${folder}/known_hosts`, call.as).toString('latin1') : ''
  if (!knownHosts.includes(line) && !/StrictHostKeyChecking[ =](no|accept-new)/i.test(call.args.join(' '))) {
    if (call.session.terminal === null) return await call.err('Host key verification failed.\r\n').then(() => 255)
    const print = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
    await call.out(
      `The authenticity of host '${shown}${host === to.address ? '' : ` (${to.address})`}' can't be established.\nED25519 key fingerprint is SHA256:${print}.\nThis key is not known by any other names.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? `,
    )
    for (let answer = await call.stdin.read(); ; answer = await call.stdin.read()) {
      const text = answer?.toString('latin1').trim().toLowerCase()
      if (text === 'yes') break
      if (text === undefined || text === 'no' || text === '') return await call.err('Host key verification failed.\n').then(() => 255)
      await call.out("Please type 'yes', 'no' or the fingerprint: ")
    }
  }
  if (!knownHosts.includes(line))
    await call.attempt(
      async () => {
        if (!call.fs.has(folder, call.as)) call.fs.mkdir(folder, call.as, 0o700)
        call.fs.write(`${folder}/known_hosts`, Buffer.from(line), call.as, { append: true, mode: 0o600 })
        await call.err(`Warning: Permanently added '${shown}' (ED25519) to the list of known hosts.\n`)
      },
      () => undefined,
    )
  if (call.session.terminal === null || /BatchMode[ =]yes/i.test(call.args.join(' ')))
    return await call.err(`${name}@${host}: Permission denied (publickey,password).\n`).then(() => 255)
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const given = await secret(call, `${name}@${host}'s password: `)
    if (given === null) return 255
    const user = call.machine.userNamed(name)
    if (user !== undefined && known(call, name, given) && shell) {
      const rest = call.args.slice(call.args.indexOf(to.given) + 1)
      become(call, user, true)
      return await runOther(call, '/bin/bash', rest.length === 0 ? ['-l'] : ['-c', rest.join(' ')])
    }
    await call.sleep(2000)
    await call.err(
      attempt < ATTEMPTS ? 'Permission denied, please try again.\n' : `${name}@${host}: Permission denied (publickey,password).\n`,
    )
  }
  return 255
}
