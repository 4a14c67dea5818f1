import { readdirSync } from 'node:fs'
import { isNodeError } from '@decnet/kernel'
import { shippedRules } from './rule-files.ts'

const PROPER: Readonly<Record<string, string>> = {
  cms: 'CMS',
  dns: 'DNS',
  exchange: 'Exchange',
  ftp: 'FTP',
  http: 'HTTP',
  ics: 'ICS',
  ldap: 'LDAP',
  log4shell: 'Log4Shell',
  lua: 'Lua',
  php: 'PHP',
  redis: 'Redis',
  sharepoint: 'SharePoint',
  smb: 'SMB',
  sql: 'SQL',
  ssh: 'SSH',
  xml: 'XML',
}
let known: ReadonlyMap<string, string> | undefined

function read(): ReadonlyMap<string, string> {
  try {
    return new Map(
      readdirSync(shippedRules).flatMap((file) => {
        const [, id, slug] = /^(R\d+)-([a-z\d-]+)\.yaml$/u.exec(file) ?? []
        const words = slug?.split('-').map((word) => (Object.hasOwn(PROPER, word) ? PROPER[word] : word))
        return id === undefined || words === undefined ? [] : [[id, words.join(' ')] as const]
      }),
    )
  } catch (error) {
    if (isNodeError(error)) return new Map() // without them sentences say less
    throw error
  }
}

/** What a rule of this release finds, in as few words as its file's name has: `Log4Shell`, `SQL injection`. Undefined for an operator's own. */
export function ruleName(id: string): string | undefined {
  known ??= read()
  return known.get(id)
}
