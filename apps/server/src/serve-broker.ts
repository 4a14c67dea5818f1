import { topics } from '@decnet/contracts/topics'
import { AppError } from '@decnet/kernel'
import { openUnixBroker, type UnixBroker } from '@decnet/kernel/bus'
import type { Logger } from '@decnet/kernel/logging'
import { type PeerCredentials, peerCredentials } from './peer-credentials.ts'
import { uidsOf } from './users-of-machine.ts'

export interface BrokerSettings {
  readonly socketPath: string
  readonly group: string
  /** Users whose processes may tell workers to stop and start over the socket, by name or number; null = all who may connect. */
  readonly controlUsers: readonly string[] | null
  /** Milliseconds between two of its heartbeats; 30,000. */
  readonly healthInterval?: number
}

/**
 * Serves the UNIX bus of this host, and knows who connects where the machine tells.
 * @throws {AppError} `user_unknown`; `peers_unknown`: a rule about users that nobody could keep; those of `openUnixBroker`
 */
export async function serveBroker(
  settings: BrokerSettings,
  logger: Logger,
  credentials: () => Promise<PeerCredentials> = peerCredentials,
): Promise<UnixBroker> {
  const { socketPath: path, group, controlUsers, healthInterval } = settings
  const uids = controlUsers && uidsOf(controlUsers)
  const { peerOf, reason } = await credentials()
  if (!peerOf) {
    if (uids)
      throw new AppError(`Who may control workers cannot be kept here: whose process connects is not known (${reason}).`, {
        code: 'peers_unknown',
        hint: 'Name no users (--control-users, DECNET_BUS_CONTROL_USERS); the mode of the socket decides then.',
      })
    logger.info({ reason }, 'whose processes connect to the bus is not known here')
  }
  return openUnixBroker({
    path,
    group,
    logger,
    ...(peerOf && { peerOf }),
    ...(uids && { publishRules: [{ pattern: topics.workerControl.pattern, uids }] }),
    ...(healthInterval !== undefined && { healthInterval }),
  })
}
