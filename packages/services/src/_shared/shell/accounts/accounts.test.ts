import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { runCommand, testMachine } from '../test-shell.ts'
import { keyOf } from './authorized-keys.ts'

const ed25519 = (): { readonly blob: Buffer; readonly line: string } => {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  const blob = Buffer.concat([Buffer.from('0000000b7373682d6564323535313900000020', 'hex'), Buffer.from(x, 'base64url')])
  return { blob, line: `ssh-ed25519 ${blob.toString('base64')} a@b` }
}
/** What root does, and which passwords open x then. */
async function after(script: string, user = 'x') {
  const machine = testMachine()
  const ran = await runCommand(script, { machine })
  const opens = (password: string): boolean => machine.accounts.opens(user, Buffer.from(password))
  return { machine, ran, opens }
}

describe('an account that an attacker makes', () => {
  it.each([
    ['useradd and chpasswd', 'useradd -m x; echo x:pw | chpasswd'],
    ['useradd with options', 'useradd -m -s /bin/bash -G sudo x && echo "x:pw" | chpasswd'],
    ['passwd from a pipe', 'useradd x; echo -e "pw\\npw" | passwd x'],
    ['adduser from a pipe', 'echo -e "pw\\npw" | adduser x'],
    ['adduser without a password, and one later', 'adduser --disabled-password --gecos "" x; echo x:pw | chpasswd'],
    ['a hash at useradd', `useradd -p "$(openssl passwd -6 pw)" x`],
    ['a hash at usermod', `useradd x; usermod -p "$(openssl passwd -1 pw)" x`],
    ['a hash of elsewhere', "useradd -p '$1$abCD.12/$KEgh.P87ucA5lB2JI1iYk/' x; usermod -p '$6$s$' x; echo x:pw | chpasswd"],
    ['chpasswd with hashes', 'useradd x; echo "x:$(openssl passwd -5 pw)" | chpasswd -e'],
    ['lines written by hand', 'echo "x:$(openssl passwd -1 pw):0:0::/root:/bin/bash" >> /etc/passwd'],
    ['locked and unlocked', 'useradd x; echo x:pw | chpasswd; passwd -l x; passwd -u x; usermod -L x; usermod -U x'],
  ])('opens with its password after %s', async (_, script) => {
    const { opens } = await after(script)
    expect([opens('pw'), opens('other'), opens('')]).toEqual([true, false, false])
  })
  it.each([
    ['is new', 'useradd -m x'],
    ['is locked', 'useradd x; echo x:pw | chpasswd; passwd -l x'],
    ['is removed', 'useradd x; echo x:pw | chpasswd; userdel -r x'],
    ['has a new password', 'useradd x; echo x:pw | chpasswd; echo x:qw | chpasswd'],
    ['lost its line', 'useradd x; echo x:pw | chpasswd; rm /etc/shadow'],
  ])('does not open when it %s', async (_, script) => {
    expect((await after(script)).opens('pw')).toBe(false)
  })
  it('opens as the files say now, whatever was asked before', async () => {
    const { machine, opens } = await after('useradd x; echo x:pw | chpasswd')
    const asked = [opens('pw'), opens('qw'), machine.userNamed('x')?.sudo]
    await runCommand('echo x:qw | chpasswd; usermod -aG sudo x', { machine })
    asked.push(opens('pw'), opens('qw'), machine.userNamed('x')?.sudo)
    await runCommand('userdel x', { machine })
    expect([...asked, opens('qw'), machine.userNamed('x')]).toEqual([true, false, false, false, true, true, false, undefined])
  })
  it('is there for every program, with home, groups and the files of a new account', async () => {
    const { machine } = await after('useradd -m -s /bin/bash x; usermod -aG sudo x; echo x:pw | chpasswd')
    const as = machine.userNamed('x')
    expect(as).toMatchObject({ name: 'x', home: '/home/x', shell: '/bin/bash', sudo: true })
    const ran = await runCommand('id; ls -A; pwd; echo pw | sudo -S id -u; groups x', { machine, user: 'x' })
    expect(ran.out).toContain(
      `uid=${as?.uid}(x) gid=${as?.gid}(x) groups=${as?.gid}(x),27(sudo)\n.bash_logout\n.bashrc\n.profile\n/home/x\n`,
    )
    expect(ran.out).toMatch(/\n0\nx : x sudo\n$/u)
  })
  it('is root where its uid is 0', async () => {
    const { machine } = await after("useradd -o -u 0 -g 0 -M -d /root -s /bin/bash x; echo 'x:pw' | chpasswd")
    expect((await runCommand('whoami; id -u; cat /etc/shadow | wc -l', { machine, user: 'x' })).out).toMatch(/^root\n0\n\d+\n$/u)
  })
  it('may use sudo without a password where a line in sudoers says so', async () => {
    const { machine } = await after("useradd -m x; echo 'x ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers")
    expect((await runCommand('sudo id -u', { machine, user: 'x' })).out).toBe('0\n')
  })
  it('is spoken of as Debian 12 does', async () => {
    const { ran } = await after(
      "useradd -m x; useradd -m x; useradd -u 0 w; useradd -g nosuch v; useradd 'A b'; usermod -aG nosuch x; userdel nosuch; echo foo | chpasswd; echo nosuch:x | chpasswd; passwd -S x | cut -c1-4; passwd nosuch",
    )
    expect(ran.out).toBe('x L \n')
    expect(ran.err.split('\n')).toEqual([
      "useradd: user 'x' already exists",
      'useradd: UID 0 is not unique',
      "useradd: group 'nosuch' does not exist",
      "useradd: invalid user name 'A b': use --badname to ignore",
      "usermod: group 'nosuch' does not exist",
      "userdel: user 'nosuch' does not exist",
      'chpasswd: line 1: missing new password',
      'chpasswd: (user nosuch) pam_chauthtok() failed, error:',
      'Authentication token manipulation error',
      'chpasswd: (line 1, user nosuch) password not changed',
      "passwd: user 'nosuch' does not exist",
      '',
    ])
  })
  it('is one of a bounded number', async () => {
    const { machine, ran } = await after('for i in $(seq 1 450); do useradd u$i; done; echo u1:pw | chpasswd')
    expect(ran.err).toContain('useradd: failure while writing changes to /etc/passwd\n')
    expect(machine.accounts.lines('passwd').length).toBe(400)
    expect(machine.accounts.opens('u1', Buffer.from('pw'))).toBe(true)
  })
  it('does nothing to the accounts of another machine', async () => {
    await after('useradd x; echo x:pw | chpasswd; echo root:pw | chpasswd')
    const other = testMachine()
    expect([other.userNamed('x'), other.accounts.opens('root', Buffer.from('pw'))]).toEqual([undefined, false])
  })
})

describe('a public key in authorized_keys', () => {
  const { blob, line } = ed25519()
  it.each([
    ["root's, appended", `echo '${line}' >> /root/.ssh/authorized_keys`, 'root', true],
    [
      "a new user's, all of it root's work",
      `useradd -m x; mkdir -p /home/x/.ssh; echo '${line}' > /home/x/.ssh/authorized_keys`,
      'x',
      true,
    ],
    [
      'behind options',
      `useradd -m x; mkdir /home/x/.ssh; echo 'no-pty,command="/bin/sh -c id" ${line}' > /home/x/.ssh/authorized_keys`,
      'x',
      true,
    ],
    ['as a comment', `echo '# ${line}' > /root/.ssh/authorized_keys`, 'root', false],
    ["another account's", `useradd -m x; echo '${line}' >> /root/.ssh/authorized_keys`, 'x', false],
    ['that all may write', `echo '${line}' >> /root/.ssh/authorized_keys; chmod 666 /root/.ssh/authorized_keys`, 'root', false],
    ['that its user cannot read', `useradd -m x; mkdir -m 700 /home/x/.ssh; echo '${line}' > /home/x/.ssh/authorized_keys`, 'x', false],
    ['that was removed again', `echo '${line}' >> /root/.ssh/authorized_keys; rm -rf /root/.ssh`, 'root', false],
  ])('%s', async (_, script, name, wanted) => {
    const { machine } = await after(script)
    const user = machine.userNamed(name)
    expect(user && machine.authorizes(user, blob)).toBe(wanted)
    expect(user && machine.authorizes(user, ed25519().blob)).toBe(false)
  })
  it('is read for what it is', () => {
    expect(keyOf(line)).toEqual(blob)
    expect(keyOf(line.replace('ssh-ed25519', 'ssh-rsa'))).toBeNull()
    for (const other of ['', 'ssh-rsa', 'ssh-rsa AAAAB3 mdrfckr', '\0'.repeat(9)]) expect(keyOf(other)).toBeNull()
  })
})
