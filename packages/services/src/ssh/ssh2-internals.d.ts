/** The parts of ssh2 1.17.0 below its public API that carry our own layers; its version is pinned. */
declare module 'ssh2/lib/protocol/handlers.js' {
  const handlers: readonly (((protocol: unknown, payload: Uint8Array) => unknown) | undefined)[]
  export default handlers
}
declare module 'ssh2/lib/protocol/kex.js' {
  export class KexInit {
    constructor(offer: unknown)
  }
}
