import { sha256 } from '@decnet/contracts'
import { z } from 'zod'
import { openEvidence } from '../evidence.ts'
import { defineRoute } from '../route.ts'

const download = defineRoute({
  method: 'GET',
  path: '/artifacts/:sha256',
  access: 'admin',
  tag: 'attackers',
  summary: 'A captured file, as it was left. Handle with care: it is somebody’s malware.',
  params: z.object({ sha256 }),
  async handle({ params, reply }, { home }) {
    const { stream, size } = await openEvidence(home, 'artifact', params.sha256)
    return reply
      .header('content-length', size)
      .header('content-disposition', `attachment; filename="${params.sha256}.bin"`)
      .type('application/octet-stream')
      .send(stream)
  },
})

export default [download]
