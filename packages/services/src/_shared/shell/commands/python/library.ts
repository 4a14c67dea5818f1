import type { Call } from '../../interpreter/call.ts'
import { Collector, toBytes, toText } from '../../interpreter/streams.ts'
import { dial, ownAddress } from '../../loopback/reach.ts'
import { fromDisk } from '../../paths.ts'
import { isAddress } from '../address.ts'
import { strftime } from '../strftime.ts'
import { type Body, fn, lookup, OUTPUT_MAX, text } from './members.ts'
import { Exited, list, made, Raised, repr, type Value } from './values.ts'

export const PYTHON = {
  debian12: { version: '3.11.2', built: 'main, Apr 28 2025, 14:11:48', compiler: 'GCC 12.2.0', glibc: '2.36' },
  ubuntu22: { version: '3.10.12', built: 'main, Aug 15 2025, 14:32:43', compiler: 'GCC 11.4.0', glibc: '2.35' },
  ubuntu24: { version: '3.12.3', built: 'main, Aug 14 2025, 17:47:21', compiler: 'GCC 13.3.0', glibc: '2.39' },
} as const
/** Modules that can be imported; the rest are not installed. */
export const modules = new Set(['os', 'os.path', 'sys', 'time', 'socket', 'subprocess', 'pty', 'platform', 'base64', 'getpass'])
/** A shell's command line: its status, and what it wrote where that is wanted. */
async function shellRun(call: Call, line: string, keep: boolean): Promise<{ readonly status: number; readonly out: string }> {
  const child = call.state.fork()
  child.flavour = 'dash'
  const kept = keep ? new Collector(OUTPUT_MAX) : null
  if (kept !== null) child.descriptors.set(1, { output: kept, path: 'pipe:[1]' })
  const status = await call.runner.process(child, async () => {
    await call.runner.source(line, child, { commandString: true })
    return child.status
  })
  return { status, out: kept?.text() ?? '' }
}
const quotedWord = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
/** What subprocess takes: a list of words, or a line for the shell. */
function commandOf(value: Value | undefined, shell: boolean): string {
  if (value !== null && typeof value === 'object' && value.kind === 'list')
    return value.items.map((item) => quotedWord(text(item))).join(' ')
  return shell ? text(value) : quotedWord(text(value))
}
const exists = (call: Call, line: string): boolean => {
  const word = /^'((?:[^']|'\\'')*)'/.exec(line)?.[1] ?? ''
  const folders = word.includes('/') ? [''] : (call.env('PATH') ?? '').split(':').map((folder) => `${folder}/`)
  return folders.some((folder) => call.fs.has(call.path(`${folder}${word}`), call.as))
}
async function spawned(
  call: Call,
  args: readonly Value[],
  named: ReadonlyMap<string, Value>,
  keep: boolean,
): Promise<{ readonly status: number; readonly out: string }> {
  const line = commandOf(args[0], named.get('shell') === true)
  if (named.get('shell') !== true && !exists(call, line))
    throw new Raised('FileNotFoundError', `[Errno 2] No such file or directory: ${repr(line.replace(/^'|'.*$/gs, ''))}`)
  return await shellRun(call, line, keep)
}

function osMember(call: Call, name: string): Value | undefined {
  const { persona } = call.machine
  const path = (value: Value | undefined): string => call.path(text(value))
  const attempt = (given: Value | undefined, body: () => void): Promise<Value> =>
    call.attempt<Value>(
      () => {
        body()
        return null
      },
      (reason, error) => {
        const [type, number] = { ENOENT: ['FileNotFoundError', 2], EACCES: ['PermissionError', 13], EEXIST: ['FileExistsError', 17] }[
          error.code as string
        ] ?? ['OSError', 1]
        throw new Raised(String(type), `[Errno ${number}] ${reason}: ${repr(given ?? null)}`)
      },
    )
  const exec: Body = async (args) => {
    const words =
      args[1] !== undefined && args[1] !== null && typeof args[1] === 'object' && args[1].kind === 'list'
        ? args[1].items.slice(1)
        : args.slice(2)
    const line = commandOf(list([args[0] ?? null, ...words]), false)
    if (!exists(call, line)) throw new Raised('FileNotFoundError', '[Errno 2] No such file or directory')
    throw new Exited((await shellRun(call, line, false)).status)
  }
  if (/^exec(l|le|lp|v|ve|vp)$/.test(name)) return fn(name, exec)
  return lookup(
    {
      system: fn('system', async ([line]) => BigInt((await shellRun(call, text(line), false)).status) << 8n),
      popen: fn('popen', async ([line]) => {
        const { out } = await shellRun(call, text(line), true)
        return made('os._wrap_close', {
          read: fn('read', () => out),
          readlines: fn('readlines', () => list(out.split(/(?<=\n)/).filter((one) => one !== ''))),
        })
      }),
      getcwd: fn('getcwd', () => fromDisk(call.state.cwd)),
      getuid: fn('getuid', () => BigInt(call.as.uid)),
      geteuid: fn('geteuid', () => BigInt(call.as.uid)),
      getgid: fn('getgid', () => BigInt(call.as.gid)),
      getpid: fn('getpid', () => BigInt(call.state.pid)),
      getppid: fn('getppid', () => BigInt(call.state.shellPid)),
      getlogin: fn('getlogin', () => call.state.user.name),
      setuid: fn('setuid', ([id]) => {
        if (call.as.uid === 0 || id === BigInt(call.as.uid)) return null
        throw new Raised('PermissionError', '[Errno 1] Operation not permitted')
      }),
      setgid: fn('setgid', () => null),
      dup2: fn('dup2', ([, to]) => to ?? null),
      fork: fn('fork', () => 0n),
      setsid: fn('setsid', () => null),
      putenv: fn('putenv', () => null),
      unsetenv: fn('unsetenv', () => null),
      _exit: fn('_exit', ([status]) => {
        throw new Exited(Number(status ?? 0n))
      }),
      uname: fn('uname', () =>
        made('posix.uname_result', {
          sysname: 'Linux',
          nodename: persona.hostname,
          release: persona.os.kernel,
          version: persona.os.kernelBuild,
          machine: 'x86_64',
        }),
      ),
      cpu_count: fn('cpu_count', () => BigInt(persona.hardware.cores)),
      listdir: fn('listdir', async ([where]) => {
        let names: Value[] = []
        await attempt(where ?? '.', () => {
          names = call.fs.list(path(where ?? '.'), call.as).map(fromDisk)
        })
        return list(names)
      }),
      remove: fn('remove', async ([where]) => await attempt(where, () => call.fs.remove(path(where), call.as))),
      unlink: fn('unlink', async ([where]) => await attempt(where, () => call.fs.remove(path(where), call.as))),
      mkdir: fn('mkdir', async ([where]) => await attempt(where, () => call.fs.mkdir(path(where), call.as))),
      chmod: fn('chmod', async ([where, mode]) => await attempt(where, () => call.fs.chmod(path(where), Number(mode ?? 0n), call.as))),
      environ: {
        kind: 'object',
        type: '_Environ',
        shown: `environ({${[...call.state.environment()].map(([key, value]) => `${repr(key)}: ${repr(value)}`).join(', ')}})`,
        fields: call.state.environment(),
      },
      getenv: fn('getenv', ([key, other]) => call.env(text(key)) ?? other ?? null),
      path: { kind: 'module', name: 'os.path' },
      name: 'posix',
      sep: '/',
      linesep: '\n',
    },
    name,
  )
}

function socketMember(call: Call, name: string): Value | undefined {
  const number = /^(AF|SOCK|SOL|SO|SHUT|IPPROTO)_/.test(name) ? 2n : undefined
  if (number !== undefined) return name === 'SOCK_STREAM' ? 1n : number
  const connect = async (to: Value | undefined): Promise<void> => {
    const [host = null, port = null] = to !== null && typeof to === 'object' && to.kind === 'list' ? to.items : []
    if (typeof host !== 'string' || typeof port !== 'bigint')
      throw new Raised('TypeError', 'getsockaddrarg: AF_INET address must be tuple, not str')
    call.session.observer.connect(toBytes(`tcp://${host}:${port}`), 'python3')
    const own = ownAddress(call.session, host)
    if (own === null && !isAddress(host)) {
      await call.sleep(5000)
      throw new Raised('socket.gaierror', '[Errno -3] Temporary failure in name resolution')
    }
    if (own === null) {
      await call.sleep(130_000)
      throw new Raised('TimeoutError', '[Errno 110] Connection timed out')
    }
    const line = dial(call.machine, Number(port))
    if (line === undefined) throw new Raised('ConnectionRefusedError', '[Errno 111] Connection refused')
    heard = line.peer.greeting
    peer = line.peer
  }
  let heard = Buffer.alloc(0) as Buffer
  let peer: NonNullable<ReturnType<typeof dial>>['peer'] | null = null
  const send = fn('send', ([data]) => {
    const bytes = Buffer.from(text(data), 'latin1')
    if (peer === null) throw new Raised('BrokenPipeError', '[Errno 32] Broken pipe')
    heard = Buffer.concat([heard, peer.receive(bytes)]).subarray(0, OUTPUT_MAX)
    return BigInt(bytes.length)
  })
  const socket = (): Value =>
    made('socket.socket', {
      connect: fn('connect', async ([to]) => await connect(to).then(() => null)),
      connect_ex: fn('connect_ex', async ([to]) => {
        try {
          await connect(to)
          return 0n
        } catch (error) {
          if (error instanceof Raised) return BigInt(/\[Errno (\d+)\]/.exec(error.message)?.[1] ?? 111)
          throw error
        }
      }),
      send,
      sendall: send,
      recv: fn('recv', ([size]) => {
        const taken = heard.subarray(0, Number(size ?? 1024n))
        heard = heard.subarray(taken.length)
        return { kind: 'bytes', text: toText(taken) }
      }),
      ...Object.fromEntries(
        ['settimeout', 'setsockopt', 'close', 'shutdown', 'bind', 'listen', 'setblocking'].map((one) => [one, fn(one, () => null)]),
      ),
      fileno: fn('fileno', () => 3n),
    })
  return lookup(
    {
      socket: fn('socket', socket),
      create_connection: fn('create_connection', async ([to]) => {
        await connect(to)
        return socket()
      }),
      gethostname: fn('gethostname', () => call.machine.persona.hostname),
      getfqdn: fn('getfqdn', () => call.machine.persona.fqdn),
      gethostbyname: fn('gethostbyname', async ([host]) => {
        const own = ownAddress(call.session, text(host))
        if (own !== null || isAddress(text(host))) return own ?? text(host)
        await call.sleep(5000)
        throw new Raised('socket.gaierror', '[Errno -3] Temporary failure in name resolution')
      }),
    },
    name,
  )
}

function subprocessMember(call: Call, name: string): Value | undefined {
  const bytes = (out: string, named: ReadonlyMap<string, Value>): Value =>
    named.get('text') === true || named.get('universal_newlines') === true ? out : { kind: 'bytes', text: out }
  return lookup(
    {
      call: fn('call', async (args, named) => BigInt((await spawned(call, args, named, false)).status)),
      check_call: fn('check_call', async (args, named) => BigInt((await spawned(call, args, named, false)).status)),
      run: fn('run', async (args, named) => {
        const keep = named.get('capture_output') === true || named.has('stdout')
        const { status, out } = await spawned(call, args, named, keep)
        return made('CompletedProcess', {
          args: args[0] ?? null,
          returncode: BigInt(status),
          ...(keep ? { stdout: bytes(out, named) } : {}),
        })
      }),
      Popen: fn('Popen', async (args, named) => {
        const { status, out } = await spawned(call, args, named, named.has('stdout'))
        return made('Popen', {
          returncode: BigInt(status),
          wait: fn('wait', () => BigInt(status)),
          communicate: fn('communicate', () => list([bytes(out, named), null], true)),
          stdout: made('_io.BufferedReader', { read: fn('read', () => bytes(out, named)) }),
        })
      }),
      check_output: fn('check_output', async (args, named) => bytes((await spawned(call, args, named, true)).out, named)),
      getoutput: fn('getoutput', async ([line]) => (await shellRun(call, text(line), true)).out.replace(/\n$/, '')),
      PIPE: -1n,
      STDOUT: -2n,
      DEVNULL: -3n,
    },
    name,
  )
}

/** A name of a module; undefined when it has none such. */
export function moduleMember(call: Call, module: string, name: string): Value | undefined {
  const { persona } = call.machine
  const python = PYTHON[persona.os.distro]
  const parts = python.version.split('.').map((part) => BigInt(part))
  if (module === 'os') return osMember(call, name)
  if (module === 'socket') return socketMember(call, name)
  if (module === 'subprocess') return subprocessMember(call, name)
  const tables: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = {
    'os.path': () => ({
      exists: fn('exists', ([where]) => call.fs.has(call.path(text(where)), call.as)),
      isfile: fn(
        'isfile',
        ([where]) => call.fs.has(call.path(text(where)), call.as) && call.fs.stat(call.path(text(where)), call.as).kind === 'file',
      ),
      isdir: fn(
        'isdir',
        ([where]) => call.fs.has(call.path(text(where)), call.as) && call.fs.stat(call.path(text(where)), call.as).kind === 'directory',
      ),
      basename: fn('basename', ([where]) => text(where).replace(/^.*\//s, '')),
      join: fn('join', (args) => args.map(text).join('/').replace(/\/+/g, '/')),
      expanduser: fn('expanduser', ([where]) => text(where).replace(/^~/, call.env('HOME') ?? '')),
    }),
    sys: () => ({
      version: `${python.version} (${python.built}) [${python.compiler}]`,
      version_info: made('sys.version_info', {
        major: parts[0] ?? 3n,
        minor: parts[1] ?? 0n,
        micro: parts[2] ?? 0n,
        releaselevel: 'final',
        serial: 0n,
      }),
      platform: 'linux',
      executable: '/usr/bin/python3',
      maxsize: 9_223_372_036_854_775_807n,
      byteorder: 'little',
      argv: list(['-c']),
      prefix: '/usr',
      path: list([
        '',
        `/usr/lib/python${parts[0]}${parts[1]}.zip`,
        `/usr/lib/python${parts[0]}.${parts[1]}`,
        `/usr/lib/python${parts[0]}.${parts[1]}/lib-dynload`,
        `/usr/local/lib/python${parts[0]}.${parts[1]}/dist-packages`,
        '/usr/lib/python3/dist-packages',
      ]),
      exit: fn('exit', ([status]) => {
        throw new Exited(typeof status === 'bigint' ? Number(status) & 255 : status === undefined || status === null ? 0 : 1)
      }),
      stdout: made('_io.TextIOWrapper', {
        write: fn('write', async ([what]) => await call.out(text(what)).then(() => BigInt(text(what).length))),
        flush: fn('flush', () => null),
      }),
      stderr: made('_io.TextIOWrapper', {
        write: fn('write', async ([what]) => await call.err(text(what)).then(() => BigInt(text(what).length))),
        flush: fn('flush', () => null),
      }),
      stdin: made('_io.TextIOWrapper', { read: fn('read', async () => await call.input(OUTPUT_MAX)) }),
    }),
    time: () => ({
      time: fn('time', () => call.machine.now() / 1000 + 0.000_413),
      sleep: fn('sleep', async ([seconds]) => await call.sleep(Math.min(Number(seconds ?? 0n) * 1000, 2_147_483_647)).then(() => null)),
      ctime: fn('ctime', () => strftime('%a %b %e %H:%M:%S %Y', call.machine.wall(call.machine.now()), call.machine.now())),
    }),
    pty: () => ({
      spawn: fn('spawn', async ([what]) => {
        const words = what !== null && typeof what === 'object' && what.kind === 'list' ? what : list([what ?? null])
        const line = commandOf(words, false)
        if (!exists(call, line)) {
          await call.err(
            `Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n  File "/usr/lib/python3.11/pty.py", line 171, in spawn\n    os.execlp(argv[0], *argv)\n  File "<frozen os>", line 557, in execlp\n  File "<frozen os>", line 574, in execvp\n  File "<frozen os>", line 597, in _execvpe\nFileNotFoundError: [Errno 2] No such file or directory\n`,
          )
          return 256n
        }
        const child = call.state.fork()
        return (
          BigInt(
            await call.runner.process(child, async () => {
              await call.runner.source(line, child, { commandString: true })
              return child.status
            }),
          ) << 8n
        )
      }),
    }),
    platform: () => ({
      ...Object.fromEntries(
        Object.entries({
          system: 'Linux',
          release: persona.os.kernel,
          version: persona.os.kernelBuild,
          machine: 'x86_64',
          processor: persona.os.id === 'debian' ? '' : 'x86_64',
          node: persona.hostname,
          python_version: python.version,
          platform: `Linux-${persona.os.kernel}-x86_64-with-glibc${python.glibc}`,
          python_implementation: 'CPython',
        }).map(([key, value]) => [key, fn(key, () => value)]),
      ),
      architecture: fn('architecture', () => list(['64bit', 'ELF'], true)),
      uname: fn('uname', () =>
        made('uname_result', {
          system: 'Linux',
          node: persona.hostname,
          release: persona.os.kernel,
          version: persona.os.kernelBuild,
          machine: 'x86_64',
        }),
      ),
    }),
    base64: () => ({
      b64decode: fn('b64decode', ([what]) => ({ kind: 'bytes', text: Buffer.from(text(what), 'base64').toString('latin1') })),
      b64encode: fn('b64encode', ([what]) => ({ kind: 'bytes', text: Buffer.from(text(what), 'latin1').toString('base64') })),
    }),
    getpass: () => ({ getuser: fn('getuser', () => call.state.user.name) }),
  }
  const table = Object.entries(tables).find(([key]) => key === module)?.[1]
  return table === undefined ? undefined : lookup(table(), name)
}
