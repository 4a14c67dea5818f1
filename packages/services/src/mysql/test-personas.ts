import { examplePersona } from '@decnet/kernel/service/conformance'
import type { Persona, PersonaUser } from '@decnet/persona'

const user = (name: string, uid: number, password: string | null, sudo: boolean): PersonaUser => ({
  name,
  uid,
  gid: uid,
  gecos: '',
  home: `/home/${name}`,
  shell: '/bin/bash',
  password,
  sudo,
})

/** For tests: a host with `dba` (everything), `app` (the applications' databases), a closed root, and the server's account. */
export function personaWith(database: Persona['packages']['database']): Persona {
  const base = examplePersona({ bootedAt: Date.now() - 9e8, installedAt: Date.now() - 9e9 })
  return {
    ...base,
    packages: { ...base.packages, database },
    users: [
      ...base.users.map((each) => ({ ...each, password: null })),
      user('dba', 1001, 'dba123', true),
      user('app', 1002, 'apppw', false),
      user('mysql', 110, null, false),
    ],
  }
}
export const mariadb = personaWith({ server: 'mariadb', version: '10.11.19', revision: '0+deb12u1' })
export const mysql8 = personaWith({ server: 'mysql', version: '8.0.43', revision: '0ubuntu0.24.04.1' })
