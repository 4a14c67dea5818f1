import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startService } from '@decnet/kernel/service/conformance'
import type { Persona } from '@decnet/persona'
import { describe, expect, it } from 'vitest'
import { Client, personaWith } from './scripted-client.ts'
import service from './service.ts'

interface Recorded {
  readonly title: string
  readonly turns: readonly (readonly [said: string, heard: string])[]
}
/** What the recorded host knows and ours does not: how many clients it has, what its addresses resolve to. */
const mask = (text: string): string =>
  text
    .replace(/client count was \d+/u, 'client count was N')
    .replaceAll('root@localhost', 'root@HOST')
    .replace('[::ffff:127.0.0.1]', '[127.0.0.1]')
    .replace('from localhost (', 'from 127.0.0.1 (')

describe('compared with the real daemons', () => {
  for (const [server, name] of [
    ['vsftpd', 'vsftpd-3.0.3'],
    ['proftpd', 'proftpd-1.3.8'],
  ] as const)
    it(`answers every recorded turn as ${name} did`, async () => {
      const base = personaWith(server)
      const vstest = {
        name: 'vstest',
        uid: 1002,
        gid: 1002,
        gecos: '',
        home: '/home/vstest',
        shell: '/bin/bash',
        password: 'letmein9',
        sudo: false,
      }
      const persona: Persona = {
        ...base,
        os: { ...base.os, id: 'debian' },
        packages: { ...base.packages, ftp: { server, version: name.replace(/^\w+-/u, '') } },
        users: [...base.users.filter(({ uid }) => uid !== 1002), vstest],
      }
      const harness = await startService(service, { persona, config: { failure_delay: false } })
      try {
        const recorded = JSON.parse(await readFile(join(import.meta.dirname, 'recorded', `${name}.json`), 'utf8')) as Recorded[]
        for (const { title, turns } of recorded) {
          const client = await Client.open(harness.port)
          for (const [said, heard] of turns) {
            if (said !== '') client.raw(Buffer.from(said, 'latin1'))
            // An unanswered line shows as an answer too many at the next turn.
            const answer = heard === '' ? '' : await client.reply()
            expect([title, said, mask(answer).replaceAll(persona.fqdn, 'HOST')]).toEqual([title, said, mask(heard)])
          }
          client.close()
        }
      } finally {
        await harness.close()
      }
    })
})
