import type { Peer } from '../loopback/peer.ts'
import { dial, ownAddress } from '../loopback/reach.ts'
import type { Redirect } from '../parser/ast.ts'
import { reasonOf } from '../paths.ts'
import { FileError } from '../port.ts'
import { ExpansionFailure } from './control.ts'
import type { Expander } from './expand.ts'
import { openInput, openOutput } from './files.ts'
import type { Descriptor, State } from './state.ts'
import { Bytes, Pipe, toBytes } from './streams.ts'

/** Puts redirections in force on `state.descriptors`; call the answer to take them back and close what was opened. @throws {ExpansionFailure} */
export async function redirect(expander: Expander, state: State, redirects: readonly Redirect[]): Promise<{ undo(): void; close(): void }> {
  const saved = new Map<number, Descriptor | undefined>()
  const opened: Descriptor[] = []
  const put = (fd: number, descriptor: Descriptor | undefined): void => {
    if (!saved.has(fd)) saved.set(fd, state.descriptors.get(fd))
    if (descriptor === undefined) state.descriptors.delete(fd)
    else state.descriptors.set(fd, descriptor)
  }
  const close = (): void => {
    for (const descriptor of opened) descriptor.output?.close()
  }
  const undo = (): void => {
    for (const [fd, descriptor] of saved) {
      if (descriptor === undefined) state.descriptors.delete(fd)
      else state.descriptors.set(fd, descriptor)
    }
  }
  try {
    for (const one of redirects) await apply(expander, state, one, put, opened)
  } catch (error) {
    undo()
    close()
    throw error
  }
  return { undo, close }
}

async function apply(
  expander: Expander,
  state: State,
  one: Redirect,
  put: (fd: number, to: Descriptor | undefined) => void,
  opened: Descriptor[],
): Promise<void> {
  const { operator } = one
  if (operator === '<<' || operator === '<<-')
    return put(one.fd ?? 0, { input: new Bytes(toBytes(await expander.text(one.word, { tilde: false }))), path: '/dev/fd/0' })
  if (operator === '<<<') return put(one.fd ?? 0, { input: new Bytes(toBytes(`${await expander.text(one.word)}\n`)), path: '/dev/fd/0' })
  const fields = await expander.fieldsOf(one.word)
  const target = fields[0]
  if (fields.length !== 1 || target === undefined)
    throw new ExpansionFailure(
      `${one.word.parts.map((part) => ('source' in part ? part.source : 'text' in part ? part.text : '')).join('')}: ambiguous redirect`,
      { fatal: false },
    )
  const open = (make: () => Descriptor): Descriptor => {
    try {
      const descriptor = make()
      opened.push(descriptor)
      return descriptor
    } catch (error) {
      if (error instanceof FileError) {
        const reason = error.code === 'EEXIST' ? 'cannot overwrite existing file' : reasonOf(error)
        throw new ExpansionFailure(state.flavour === 'dash' ? dashReason(operator, target, error) : `${target}: ${reason}`, {
          fatal: false,
          status: state.flavour === 'dash' ? 2 : 1,
        })
      }
      throw error
    }
  }
  switch (operator) {
    case '<':
      return put(one.fd ?? 0, openNetwork(state, target) ?? open(() => openInput(state, target)))
    case '<>':
      return put(
        one.fd ?? 0,
        openNetwork(state, target) ?? open(() => ({ ...openOutput(state, target, { append: true }), ...openInput(state, target) })),
      )
    case '>':
    case '>|':
    case '>>':
      return put(
        one.fd ?? 1,
        openNetwork(state, target) ??
          open(() =>
            openOutput(state, target, {
              append: operator === '>>',
              exclusive: operator === '>' && state.options.has('C') && target !== '/dev/null',
            }),
          ),
      )
    case '&>':
    case '&>>': {
      const descriptor = openNetwork(state, target) ?? open(() => openOutput(state, target, { append: operator === '&>>' }))
      put(1, descriptor)
      return put(2, descriptor)
    }
    case '<&':
    case '>&':
      return duplicate(state, one, target, put, open)
  }
}

const dashReason = (operator: string, target: string, error: FileError): string =>
  operator === '<'
    ? `cannot open ${target}: ${error.code === 'ENOENT' ? 'No such file' : reasonOf(error)}`
    : `cannot create ${target}: ${error.code === 'ENOENT' ? 'Directory nonexistent' : reasonOf(error)}`

function duplicate(
  state: State,
  one: Redirect,
  target: string,
  put: (fd: number, to: Descriptor | undefined) => void,
  open: (make: () => Descriptor) => Descriptor,
): void {
  const fd = one.fd ?? (one.operator === '<&' ? 0 : 1)
  if (target === '-') {
    put(fd, undefined)
    return
  }
  const move = target.endsWith('-')
  const number = move ? target.slice(0, -1) : target
  if (!/^\d{1,6}$/.test(number)) {
    if (one.operator === '<&' || one.fd !== null) throw new ExpansionFailure(`${target}: ambiguous redirect`, { fatal: false })
    const descriptor = openNetwork(state, target) ?? open(() => openOutput(state, target))
    put(1, descriptor)
    put(2, descriptor)
    return
  }
  const descriptor = state.descriptors.get(Number(number))
  if (descriptor === undefined) throw new ExpansionFailure(`${number}: Bad file descriptor`, { fatal: false })
  put(fd, descriptor)
  if (move) put(Number(number), undefined)
}

/** `/dev/tcp/host/port`: the wish is kept; this host's own daemons answer, nothing is connected. */
function openNetwork(state: State, target: string): Descriptor | undefined {
  const found = state.flavour === 'bash' ? /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/.exec(target) : null
  if (found === null) return undefined
  const [, protocol = '', host = '', port = ''] = found
  state.session.observer.connect(toBytes(`${protocol}://${host}:${port}`), 'bash')
  const own = ownAddress(state.session, host) !== null
  const line = own && protocol === 'tcp' ? dial(state.session.machine, Number(port)) : undefined
  if (line !== undefined) return conversation(line.peer, target)
  const numeric = /^[\d.]+$/.test(host) || own
  const name = state.interactive ? state.zero : `bash: line ${state.line}`
  throw new ExpansionFailure(
    numeric
      ? `connect: Connection refused\n${name}: ${target}: Connection refused`
      : `${host}: Name or service not known\n${name}: ${target}: Invalid argument`,
    { fatal: false },
  )
}
function conversation(peer: Peer, path: string): Descriptor {
  const pipe = new Pipe()
  pipe.push(peer.greeting)
  return {
    path,
    input: pipe,
    output: {
      tty: false,
      write: (data) => {
        // Answers that nobody reads do not pile up.
        if (pipe.size < ANSWERS_MAX) pipe.push(peer.receive(data))
        if (peer.closed) pipe.end()
        return Promise.resolve()
      },
      close: () => undefined,
    },
  }
}
const ANSWERS_MAX = 1_048_576
