/** What `table` itself holds under `name`: names come from attackers, and `constructor` or `__proto__` is a name like any other. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
