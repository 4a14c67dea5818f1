import { z } from 'zod'

export interface Link {
  /** `bridge`, `veth`, `macvlan`, …; null of a real card. */
  readonly kind: string | null
  /** It is a port of a bridge, or part of a bond. */
  readonly master: boolean
}

const shown = z.array(
  z.object({ ifname: z.string(), master: z.string().optional(), linkinfo: z.object({ info_kind: z.string().optional() }).optional() }),
)

/** The interfaces that `ip -j -d link show` lists, by name; none where it says something else. */
export function linksIn(text: string): ReadonlyMap<string, Link> {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return new Map() // an older one that knows no JSON
  }
  const { data = [] } = shown.safeParse(said)
  return new Map(data.map(({ ifname, master, linkinfo }) => [ifname, { kind: linkinfo?.info_kind ?? null, master: master !== undefined }]))
}
