import type { DeckyPlan } from '@decnet/persona'
import type { Home } from '../../../home.ts'
import { type ComposeNetwork, projectOf } from './containers.ts'
import { plannedImage } from './image/ensure-image.ts'
import { renderCompose } from './render-compose.ts'

export interface PlannedFile {
  readonly plan: readonly DeckyPlan[]
  readonly network: ComposeNetwork
  /** Eight hexadecimal digits: whose containers these would be. */
  readonly mark: string
  readonly home: Pick<Home, 'sources'>
  /** Who the services would run as. */
  readonly identity: { readonly uid: number; readonly gid: number }
}

/** The compose file of a fleet that is not made yet. No engine is asked: the network is written as one of its own. */
export const plannedFile = async ({ plan, network, mark, home, identity }: PlannedFile): Promise<string> =>
  renderCompose(plan, { mark, network, networkName: projectOf(mark), image: await plannedImage(), folder: home.sources, identity })
