import { own } from '@decnet/kernel'

/** An IPv4 or IPv6 address, not a name. */
export const isAddress = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':')
/** A URL as the clients take it apart; `http` when it names no scheme. */
export const parts = (url: string): { readonly scheme: string; readonly host: string; readonly port: string; readonly path: string } => {
  const found = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)(?::(\d+))?([^#]*)/i.exec(url)
  const scheme = (found?.[1] ?? 'http').toLowerCase()
  return {
    scheme,
    host: found?.[2] ?? '',
    port: found?.[3] ?? own({ https: '443', ftp: '21' }, scheme) ?? '80',
    path: found?.[4] === '' || found?.[4] === undefined ? '/' : found[4],
  }
}
