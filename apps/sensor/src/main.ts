import { services } from '@decnet/services'
import { readConfig } from './config.ts'
import { openEvidence } from './evidence/open-evidence.ts'
import { runSensor } from './run.ts'
import { openSpool } from './spool/open-spool.ts'

runSensor({ config: readConfig(), services, openSpool, openEvidence })
