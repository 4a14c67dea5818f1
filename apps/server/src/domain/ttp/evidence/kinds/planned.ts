import { events } from '@decnet/contracts/events'
import { own } from '@decnet/kernel'
import { defineKind, flag, number, text, texts } from '../kind.ts'
import * as read from '../read-body.ts'

const CANARY = {
  token_id: text('the token'),
  token_kind: text('`http`, `dns`, `aws_creds`, `ssh_key`, …'),
  placement_path: text('where it was planted'),
  user_agent: text('how the client names itself'),
  request_path: text('what was asked for over HTTP'),
  dns_qname: text('the name that was looked up'),
  webdriver: flag('the browser is driven by a program'),
  automation: text('automation that its canvas or audio hash betrays'),
  platform: text("the browser's platform"),
  timezone: text("the browser's time zone"),
  timezone_count: number('different time zones seen'),
  languages: texts("the browser's languages"),
  webgl: text('graphics card'),
  webrtc_ip: text('address that WebRTC gave away'),
  webrtc_mismatch: flag('that address lies in another country'),
  platform_mismatch: flag('platform, user agent and graphics card contradict each other'),
  language_mismatch: flag('language or time zone do not fit the country of the address'),
}

const TRIGGERED = /^canary\.[^.]+\.triggered$/u

/** A planted token that somebody used. */
export const canary = defineKind({
  name: 'canary',
  summary: 'a planted token was used',
  main: 'user_agent',
  fields: CANARY,
  from: ({ topic, body }) => (TRIGGERED.test(topic) ? [read.values(body, Object.keys(CANARY))] : []),
})

/** A request of an industrial protocol; services that speak one report it. */
export const ics = defineKind({
  name: 'ics',
  summary: 'a request of an industrial protocol',
  main: 'function',
  fields: {
    protocol: text('`modbus`, `s7comm`, `enip`, `bacnet`, `dnp3`, `iec104`, `opcua`'),
    function: text("its function by the protocol's name: `write_multiple_registers`, `plc_stop`"),
    function_code: number("the function's number"),
    unit: number('unit or rack'),
    address: number('first register, coil or object'),
    count: number('how many'),
    value: text('what was to be written'),
    object: text('object, tag or data block'),
    writes: flag('it changes something'),
  },
  from({ type, body }) {
    if (type !== events.icsRequest.type) return []
    const writes = own(body, 'writes')
    return [
      {
        ...read.texts(body, { protocol: 'protocol', function: 'function', value: 'value', object: 'object' }),
        ...read.numbers(body, { function_code: 'function_code', unit: 'unit', address: 'address', count: 'count' }),
        ...((writes === 'true' || writes === 'false') && { writes: writes === 'true' }),
      },
    ]
  },
})
