/** The far end of a connection that a process of this host makes to this host: a daemon in a few canned words. No socket exists. */
export interface Peer {
  /** What it says before anybody has spoken. */
  readonly greeting: Buffer
  /** What it answers; bytes may come in any pieces. */
  receive(data: Buffer): Buffer
  /** It has hung up. */
  readonly closed: boolean
}
const LINE_MAX = 8192

/** A daemon that takes lines: `answer` gives the reply, or null to hang up after `last`. */
export function linePeer(greeting: string, answer: (line: string) => { readonly reply: string; readonly close?: boolean }): Peer {
  let pending = ''
  let closed = false
  return {
    greeting: Buffer.from(greeting, 'latin1'),
    get closed() {
      return closed
    },
    receive(data) {
      if (closed) return Buffer.alloc(0)
      pending += data.toString('latin1')
      let out = ''
      for (let end = pending.indexOf('\n'); end >= 0 && !closed; end = pending.indexOf('\n')) {
        const line = pending.slice(0, end).replace(/\r$/, '')
        pending = pending.slice(end + 1)
        const { reply, close } = answer(line)
        out += reply
        closed = close === true
      }
      if (pending.length > LINE_MAX) closed = true
      return Buffer.from(out, 'latin1')
    },
  }
}
