import type { Node } from './node.ts'

/** Names in a directory: the base's without what was hidden, and what was made. */
export function namesOf(node: Node): string[] {
  const names = new Set<string>()
  for (const base of node.bases) {
    for (const name of base.children.keys()) names.add(name)
    for (const name of base.volatile?.names() ?? []) names.add(name)
  }
  for (const [name, child] of node.children ?? []) child === null ? names.delete(name) : names.add(name)
  return [...names]
}

/** How many directories lie in one, for its link count. */
export function subdirectoriesOf(node: Node): number {
  let count = 0
  const seen = new Set<string>()
  for (const base of node.bases) {
    for (const [name, entry] of base.children) {
      if (!seen.has(name) && entry.kind === 'directory' && node.children?.get(name) === undefined && !node.children?.has(name)) count++
      seen.add(name)
    }
  }
  for (const child of node.children?.values() ?? []) if (child?.kind === 'directory') count++
  return count
}

/** Name of a node in its directory. */
export function nameOf(node: Node): string {
  for (const [name, child] of node.parent?.children ?? []) if (child === node) return name
  return ''
}
/** Absolute path of a node. */
export function pathOf(node: Node): string {
  const names: string[] = []
  for (let at: Node | null = node; at !== null && at.parent !== null; at = at.parent) names.unshift(nameOf(at))
  return `/${names.join('/')}`
}
