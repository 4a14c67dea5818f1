/** What an operator said of two attackers: they are one, or they are not. */
export interface Order {
  readonly id: string
  readonly kind: 'confirm' | 'forbid'
  readonly a: string
  readonly b: string
}

/** Who belongs together by what was confirmed: the same name for each of a kind. */
function joined(orders: readonly Order[]): (one: string) => string {
  const above = new Map<string, string>()
  function top(one: string): string {
    let at = one
    for (let up = above.get(at); up !== undefined; up = above.get(at)) {
      const further = above.get(up)
      if (further !== undefined) above.set(at, further)
      at = up
    }
    return at
  }
  for (const { kind, a, b } of orders) {
    const [one, other] = [top(a), top(b)]
    if (kind === 'confirm' && one !== other) above.set(one, other)
  }
  return top
}

/** Confirmed pairs that lead from one attacker to another, the fewest. */
function wayBetween(orders: readonly Order[], from: string, to: string): Order[] {
  const confirmed = orders.filter(({ kind }) => kind === 'confirm')
  const beside = Map.groupBy([...confirmed, ...confirmed.map((order) => ({ ...order, a: order.b, b: order.a }))], ({ a }) => a)
  const reached = new Map<string, Order | null>([[from, null]])
  for (const at of reached.keys()) for (const order of beside.get(at) ?? []) if (!reached.has(order.b)) reached.set(order.b, order)
  const way: Order[] = []
  for (let last = reached.get(to); last; last = reached.get(last.a)) way.unshift(last)
  return way
}

/**
 * What was said before and cannot hold together with this: of two who are not one, a row of pairs that are. Empty where it fits. What was said of
 * the same pair before is replaced, and what contradicted itself already is not looked at.
 */
export function contradictedOrders(known: readonly Order[], said: Order): readonly Order[] {
  const now = [...known.filter(({ id }) => id !== said.id), said]
  const [before, after] = [joined(known), joined(now)]
  for (const order of now) {
    if (order.kind !== 'forbid' || after(order.a) !== after(order.b)) continue
    if (order.id !== said.id && before(order.a) === before(order.b)) continue
    return [order, ...wayBetween(now, order.a, order.b)].filter(({ id }) => id !== said.id)
  }
  return []
}
