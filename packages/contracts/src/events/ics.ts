import { z } from 'zod'
import { bytes, defineEvent } from './define.ts'

/** `function` by the protocol's own name in snake_case (`write_multiple_registers`, `plc_stop`), also where its number is not known. */
export const icsRequest = defineEvent({
  type: 'ics_request',
  summary: 'A device of industrial control was asked or told something.',
  kind: 'interaction',
  fields: z.object({
    protocol: z.enum(['modbus', 's7comm', 'enip', 'bacnet', 'dnp3', 'iec104', 'opcua']),
    function: z.string().max(64),
    function_code: z.number().int().optional(),
    unit: z.number().int().optional(),
    address: z.number().int().optional(),
    count: z.number().int().optional(),
    value: bytes.optional(),
    object: bytes.optional(),
    writes: z.boolean().optional(),
  }),
})
