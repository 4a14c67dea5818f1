import { describe, expect, it } from 'vitest'
import { serviceSpans } from './service-spans.ts'

const at = (minute: number) => new Date(minute * 60_000).toISOString()
const told = (minute: number, old_services: string[], new_services: string[]) => ({ timestamp: at(minute), old_services, new_services })
const life = { created: 0, now: 600_000 }

describe('when a decky had which service', () => {
  it('follows its mutations, whatever their order', () => {
    const spans = serviceSpans([told(5, ['ssh', 'ftp'], ['ssh', 'http']), told(0, [], ['ssh', 'ftp'])], ['ssh', 'http'], life)
    expect(spans.map(({ service, from, to }) => [service, from, to])).toEqual([
      ['ftp', 0, 300_000],
      ['ssh', 0, 600_000],
      ['http', 300_000, 600_000],
    ])
  })
  it('one that went and came back has two spans', () => {
    const spans = serviceSpans([told(1, ['ssh', 'ftp'], ['ssh']), told(2, ['ssh'], ['ssh', 'ftp'])], ['ssh', 'ftp'], life)
    expect(spans.filter(({ service }) => service === 'ftp').map(({ from, to }) => [from, to])).toEqual([
      [0, 60_000],
      [120_000, 600_000],
    ])
  })
  it('without a mutation what is there was there from the beginning', () => {
    expect(serviceSpans([], ['ssh'], life)).toEqual([{ service: 'ssh', from: 0, to: 600_000 }])
  })
})
