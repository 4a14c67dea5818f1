import { spawnSync } from 'node:child_process'
import { when } from '@decnet/kernel/testing'
import { describe, expect, it } from 'vitest'
import { crypt } from './crypt.ts'

const PASSWORDS = ['pw', 'correct horse battery staple', 'x'.repeat(70), 'pässwörd', 'q\'"$']

describe('crypt', () => {
  // "Unix crypt using SHA-256 and SHA-512", the test vectors of its last section.
  it.each([
    ['$5$saltstring', 'Hello world!', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
    [
      '$5$rounds=10000$saltstringsaltstring',
      'Hello world!',
      '$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA',
    ],
    [
      '$6$saltstring',
      'Hello world!',
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ],
    [
      '$6$rounds=10000$saltstringsaltstring',
      'Hello world!',
      '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
    ],
  ])('%s', (setting, password, hash) => {
    expect(crypt(Buffer.from(password), setting)).toBe(hash)
    expect(crypt(Buffer.from(password), hash)).toBe(hash)
  })
  when({ tools: { openssl: 'openssl' } }).describe('says what openssl says', () => {
    it.each(['1', '5', '6'])('of method %s', (method) => {
      for (const password of PASSWORDS) {
        const said = spawnSync('openssl', ['passwd', `-${method}`, '-salt', 'abCD.12/', '-stdin'], { input: `${password}\n` })
        expect(crypt(Buffer.from(password), `$${method}$abCD.12/`)).toBe(said.stdout.toString().trim())
      }
    })
  })
  it('knows no other scheme, and does not work for ever', () => {
    for (const setting of ['', '!', '*', 'ab', '$y$j9T$aa$bb', '$2b$10$aaaa', '$6$rounds=999999999$a'])
      expect(crypt(Buffer.from('a'), setting)).toBeNull()
    expect(crypt(Buffer.alloc(100_000), '$6$a')).toBeNull()
  })
})
