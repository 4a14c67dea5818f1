import type { AnyRoute } from '../route.ts'
import artifacts from './artifacts.ts'
import attack from './attack.ts'
import attackers from './attackers.ts'
import auth from './auth.ts'
import backfills from './backfills.ts'
import behaviour from './behaviour.ts'
import campaigns from './campaigns.ts'
import credentials from './credentials.ts'
import deckyHistory from './decky-history.ts'
import deploy from './deploy.ts'
import fleet from './fleet.ts'
import health from './health.ts'
import identities from './identities.ts'
import lab from './lab.ts'
import lifecycle from './lifecycle.ts'
import liveServices from './live-services.ts'
import logs from './logs.ts'
import mutate from './mutate.ts'
import probes from './probes.ts'
import ruleTrials from './rule-trials.ts'
import rules from './rules.ts'
import sessions from './sessions.ts'
import similar from './similar.ts'
import stream from './stream.ts'
import tarpit from './tarpit.ts'
import techniques from './techniques.ts'
import users from './users.ts'
import workers from './workers.ts'

export const routes: readonly AnyRoute[] = [
  ...auth,
  ...users,
  ...attackers,
  ...behaviour,
  ...probes,
  ...identities,
  ...campaigns,
  ...artifacts,
  ...sessions,
  ...similar,
  ...credentials,
  ...logs,
  ...attack,
  ...tarpit,
  ...techniques,
  ...backfills,
  ...ruleTrials,
  ...rules,
  ...deploy,
  ...lifecycle,
  ...fleet,
  ...liveServices,
  ...mutate,
  ...deckyHistory,
  ...lab,
  ...workers,
  ...health,
  ...stream,
]
