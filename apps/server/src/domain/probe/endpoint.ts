/** A host, by name or address, and a port. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Reads `host:443`, `192.0.2.1:22`, `[2001:db8::1]:443`; null for anything else. */
export function readEndpoint(text: string): Endpoint | null {
  const [, six, plain, digits] = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253})):(\d{1,5})$/iu.exec(text) ?? []
  const host = six ?? plain
  const port = Number(digits)
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port }
}

export const writeEndpoint = ({ host, port }: Endpoint): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
