import { lifecyclePage, lifecycleQuery } from '@decnet/contracts/api'
import { defineRoute } from '../route.ts'

const list = defineRoute({
  method: 'GET',
  path: '/deckies/lifecycle',
  access: 'viewer',
  tag: 'fleet',
  summary: 'What was wanted of deckies, and how far it is; newest first. Those that succeeded or failed stay as they are.',
  query: lifecycleQuery,
  response: lifecyclePage,
  handle: ({ query: { ids, ...rest } }, { read }) =>
    read('fleet.operations', {
      ...rest,
      ids: ids
        ?.split(',')
        .map((id) => id.trim())
        .filter((id) => id !== ''),
    }),
})

export default [list]
