import type { Call, Programs } from '../interpreter/call.ts'
import { fromDisk } from '../paths.ts'
import { optionsOf } from './options.ts'
import { human } from './sizes.ts'

const VISITS_MAX = 50_000
async function du(call: Call): Promise<number> {
  const options = await optionsOf(call, 'abchkmsxd:DHLSX:0', {
    'max-depth=': 'd',
    summarize: 's',
    'human-readable': 'h',
    all: 'a',
    total: 'c',
    bytes: 'b',
  })
  if (options === null) return 1
  const limit = options.has('s') ? 0 : Number(options.value('d') ?? 64)
  let status = 0
  let visits = 0
  const show = async (size: number, path: string): Promise<void> => {
    const value = options.has('b')
      ? String(size)
      : options.has('h')
        ? human(size)
        : options.has('m')
          ? String(Math.ceil(size / 1_048_576))
          : String(Math.ceil(size / 1024))
    await call.out(`${value}\t${path}\n`)
  }
  const visit = async (path: string, depth: number): Promise<number> => {
    const step = call.session.step(call.state.signal)
    if (step !== undefined) await step
    return await call.attempt(
      async () => {
        const stat = call.fs.lstat(call.path(path), call.as)
        let size = options.has('b') ? stat.size : stat.kind === 'directory' || stat.kind === 'file' ? Math.ceil(stat.size / 4096) * 4096 : 0
        if (stat.kind === 'directory' && depth < 64 && ++visits < VISITS_MAX)
          for (const name of call.fs.list(call.path(path), call.as).map(fromDisk))
            size += await visit(`${path.replace(/\/$/, '')}/${name}`, depth + 1)
        if ((stat.kind === 'directory' || options.has('a') || depth === 0) && depth <= limit) await show(size, path)
        return size
      },
      async (reason, error) => {
        status = 1
        await call.err(
          error.code === 'ENOENT' ? `du: cannot access '${path}': ${reason}\n` : `du: cannot read directory '${path}': ${reason}\n`,
        )
        return 0
      },
    )
  }
  let total = 0
  for (const path of options.rest.length === 0 ? ['.'] : options.rest) total += await visit(path, 0)
  if (options.has('c')) await show(total, 'total')
  return status
}

export const diskUse: Programs = { du }
