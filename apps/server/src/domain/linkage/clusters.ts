/** Members of one cluster by id, in the order of their ranks, and the decisions that made it. */
export interface Cluster {
  readonly members: readonly string[]
  readonly decisions: readonly { readonly left: readonly string[]; readonly right: readonly string[]; readonly score: number }[]
}
/** Where something was and where it is: clusters by their first member; null = not there. The same twice: somebody was removed from there. */
export interface Move {
  readonly id: string
  readonly from: string | null
  readonly to: string | null
}
