import { topics } from '@decnet/contracts/topics'

/** Records in which techniques are looked for. */
export const evidenceTopics = [
  topics.systemLog,
  topics.attackerSessionEnded,
  topics.attackerScored,
  topics.attackerFingerprinted,
  topics.attackerIntelEnriched,
  topics.canaryTriggered,
  topics.credentialReuseDetected,
  topics.emailReceived,
  topics.identityFormed,
  topics.identityObservationLinked,
  topics.identityMerged,
] as const
