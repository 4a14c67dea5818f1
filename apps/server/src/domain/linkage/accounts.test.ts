import { describe, expect, test } from 'vitest'
import { accountsIn } from './accounts.ts'

describe('accounts in a shell line', () => {
  test.each([
    'useradd -m zykora',
    'useradd zykora',
    'sudo useradd -m -G sudo -s /bin/bash zykora',
    '/usr/sbin/useradd -o -u 0 -g 0 zykora 2>/dev/null',
    'useradd -ou 0 -g root -M zykora && id zykora',
    'useradd zykora -m -s /bin/bash',
    'adduser --disabled-password --gecos "" zykora',
    'cd /tmp; adduser -D zykora',
  ])('%s makes one', (text) => expect(accountsIn(text).made).toEqual(['zykora']))

  test.each([
    "echo 'zykora:Tz7!kqmo' | chpasswd",
    'echo "zykora:Tz7!kqmo" | sudo chpasswd',
    'echo zykora:Tz7!kqmo|/usr/sbin/chpasswd',
    "printf 'zykora:Tz7!kqmo\\n' | chpasswd",
    "chpasswd <<< 'zykora:Tz7!kqmo'",
    'sh -c "echo zykora:Tz7!kqmo | chpasswd"',
    'echo -e "Tz7!kqmo\\nTz7!kqmo" | passwd zykora',
    "echo -e 'Tz7!kqmo\\nTz7!kqmo\\n' | sudo passwd zykora",
    'echo Tz7!kqmo | passwd --stdin zykora',
  ])('%s sets a password', (text) => expect(accountsIn(text).set).toContainEqual({ user: 'zykora', secret: 'Tz7!kqmo', shown: false }))

  test.each(['# useradd zykora; echo zykora:Tz7!kqmo | chpasswd', 'cat /etc/passwd', 'passwd', 'useradd -D', "echo 'useradd zykora'"])(
    '%s does nothing to any',
    (text) => expect(accountsIn(text)).toEqual({ made: [], set: [] }),
  )
})
