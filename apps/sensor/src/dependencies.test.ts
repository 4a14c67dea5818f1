import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}
const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

/** Where Node finds a package, from a folder upwards; null when it is not installed (an optional one). */
function find(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (dirname(folder) === folder) return null
  }
}

/** Names and folders of all packages below one, itself included. */
function tree(folder: string, seen = new Map<string, string>()): Map<string, string> {
  const { name, dependencies, optionalDependencies, peerDependencies } = manifestOf(folder)
  if (seen.has(name)) return seen
  seen.set(name, folder)
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    const found = find(dependency, folder)
    if (found === null) seen.set(dependency, '')
    else tree(found, seen)
  }
  return seen
}

const DATABASE =
  /^(?:better-sqlite3|sqlite3?|sql\.js|sqlite-vec.*|libsql|@libsql\/.*|kysely.*|knex|drizzle-orm|typeorm|prisma|@prisma\/.*|sequelize|pg|pg-.*|postgres|mysql2?|mariadb|tedious|mongodb|mongoose|i?oredis|redis|@redis\/.*|level|lmdb)$/u
const WEB =
  /^(?:fastify|@fastify\/.*|express|koa|hono|@hono\/.*|h3|nitro|connect|restify|polka|@hapi\/.*|@nestjs\/.*|next|react|react-dom|preact|vue|svelte|ws|socket\.io)$/u
const forbidden = (names: Iterable<string>) => [...names].filter((name) => DATABASE.test(name) || WEB.test(name))

const apps = fileURLToPath(new URL('../..', import.meta.url))

test('the sensor depends on no database driver and no web framework, however far down', () => {
  const packages = tree(join(apps, 'sensor'))
  expect([...packages.keys()]).toEqual(expect.arrayContaining(['@decnet/sensor', '@decnet/kernel', '@decnet/services', 'pino', 'ssh2']))
  expect(forbidden(packages.keys())).toEqual([])
})

test('the same look at the server finds its database and its web framework', () => {
  expect(forbidden(tree(join(apps, 'server')).keys()).length).toBeGreaterThan(1)
})

test('none of the sensor’s own sources reaches for the database that Node brings', () => {
  const own = [...tree(join(apps, 'sensor'))].filter(([name]) => name.startsWith('@decnet/'))
  const sources = own.flatMap(([, folder]) => globSync('src/**/*.ts', { cwd: folder }).map((file) => join(folder, file)))
  expect(sources.length).toBeGreaterThan(20)
  expect(sources.filter((file) => !file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes("'node:sqlite'"))).toEqual([])
})
