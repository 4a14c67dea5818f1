import { link } from '../domain/linkage/link.ts'
import type { Method } from './method.ts'

/** What is measured: the linkage of the product. It never sees the truth. */
export const linkage: Method = { name: 'linkage', title: 'linkage', find: (observations) => link(observations) }

/** The same with nothing that keeps a copycat from joining two strangers: what these guards cost. */
export const unguarded: Method = {
  name: 'unguarded',
  title: 'linkage, unguarded',
  find: (observations) => link(observations, { unguarded: true }),
}
