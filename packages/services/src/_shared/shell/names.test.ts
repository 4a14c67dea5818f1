import { describe, expect, it } from 'vitest'
import { runCommand } from './test-shell.ts'

/** What every JavaScript object has, and no shell, program or file of this host. */
describe.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])('the name %s', (name) => {
  const said = async (command: string): Promise<string> => {
    const { out, err, status } = await runCommand(command)
    return `${out}${err}${status}`
  }

  it('is no command, no builtin, no alias, no option, no signal', async () => {
    expect(await said(name)).toBe(`bash: line 1: ${name}: command not found\n127`)
    expect(await said(`type ${name}`)).toBe(`bash: line 1: type: ${name}: not found\n1`)
    expect(await said(`command -v ${name}`)).toBe('1')
    expect(await said(`alias ${name}`)).toBe(`bash: line 1: alias: ${name}: not found\n1`)
    expect(await said(`set -o ${name}`)).toBe(`bash: line 1: set: ${name}: invalid option name\n1`)
    expect(await said(`trap x ${name}`)).toBe(`bash: line 1: trap: ${name}: invalid signal specification\n1`)
    expect(await said(`kill -s ${name} 1`)).toBe(`bash: line 1: kill: ${name}: invalid signal specification\n1`)
    expect(await said(`kill -l ${name}`)).toBe(`bash: line 1: kill: ${name}: invalid signal specification\n1`)
    expect(await said(`test -o ${name}`)).toBe('1')
    expect(await said(`busybox ${name}`)).toBe(`${name}: applet not found\n127`)
  })

  it('is a variable, a key, a function and an alias like any other', async () => {
    expect(await said(`echo "[$${name}]"; ${name}=5; echo $${name}; export ${name}; sh -c 'echo $${name}'`)).toBe('[]\n5\n5\n0')
    expect(await said(`declare -A m; echo "[\${m[${name}]}]"; m[${name}]=1; echo \${m[${name}]} \${!m[@]} \${#m[@]}`)).toBe(
      `[]\n1 ${name} 1\n0`,
    )
    expect(await said(`${name}() { echo mine; }; ${name}; unset -f ${name}; ${name}`)).toBe(
      `mine\nbash: line 1: ${name}: command not found\n127`,
    )
    expect(await said(`alias ${name}=ls; alias ${name}`)).toBe(`alias ${name}='ls'\n0`)
    expect(await said(`echo $((${name} + 1)); mkdir /tmp/${name}; echo x > /tmp/${name}/${name}; cat /tmp/${name}/*`)).toBe('1\nx\n0')
    expect(await said(`awk 'BEGIN { a["${name}"]++; print a["${name}"], ${name}, ("${name}" in b), length(a) }'`)).toBe('1  0 1\n0')
  })

  it('is no class of characters', async () => {
    expect(await said(`printf '%s\\n' [[:${name}:]]`)).toBe(`[[:${name}:]]\n0`)
    expect(await said(`case c in [[:${name}:]]) echo in;; [![:${name}:]c]) echo in;; [[:${name}:]c]) echo ours;; esac`)).toBe('ours\n0')
    expect(await said(`echo a | tr '[:${name}:]' b`)).toBe(`tr: invalid character class ‘${name}’\n1`)
    expect(await said(`echo a | grep '[[:${name}:]]'`)).toBe('grep: Invalid character class name\n2')
  })

  it('is nothing to the programs that look names up', async () => {
    const programs = [
      `tput ${name}`,
      `dmidecode -s ${name}`,
      `ps -o ${name}`,
      `man ${name}`,
      `systemctl status ${name}`,
      `service ${name} start`,
      `ip ${name}`,
      `apt ${name}`,
      `stty ${name}`,
      `sysctl ${name}`,
      `getent ${name} root`,
      `id ${name}`,
      `awk 'BEGIN { print ${name}(1) }'`,
      `sed '${name}'`,
      `find . -${name}`,
      `tar ${name}`,
      `dd ${name}=1`,
      `dd if=/dev/zero bs=1${name} count=1`,
      `date +%${name}`,
      `TZ=${name} date`,
      `uname --${name}`,
      `ls --${name}`,
      `stat -c %${name} /`,
      `wget ${name}://192.0.2.1/`,
      `curl ${name}://192.0.2.1/`,
      `apt-get install ${name}`,
      `dpkg -s ${name}`,
      `crontab -u ${name} -l`,
      `chmod ${name} /tmp`,
      `shopt ${name}`,
      `ulimit ${name}`,
      `test a ${name} b`,
      `expr a ${name} b`,
      `cp /bin/ls /tmp/${name}; /tmp/${name} /`,
      `exec -a ${name} md5sum /etc/hostname`,
      `printf '%${name}'`,
      `echo -e '\\${name}'`,
    ]
    for (const program of programs)
      expect(await said(program), program).not.toMatch(/native code|\[object|undefined|NaN|TypeError|is not a function/u)
  })
})
