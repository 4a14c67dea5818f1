import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { attackData } from '../../attack/load.ts'
import { homeAt } from '../../home.ts'
import { isRuleFile } from '../ttp/rule/file-name.ts'
import { workbench } from './sigma.fixture.ts'

const { convert } = workbench(attackData(homeAt('/nonexistent')))

type Payload = Readonly<Record<string, unknown>>

describe('the rule that is made', () => {
  const text = `title: 'Crontab: replaced!'
id: 7C1B2D3E-aaaa-4bbb-8ccc-0123456789AB
status: stable
description: Replaces a crontab.
license: DRL-1.1
author: Ada, Bob
date: 2024/01/02
modified: 2025-11-03
references: [https://example.org/cron, 'javascript:alert(1)']
tags: [attack.persistence, attack.t1053.003, attack.T1059.004, attack.t9999, cve.2024-1]
level: critical
falsepositives: [Administrators, '']
logsource: { category: process_creation, product: linux }
detection:
  selection: { Image|endswith: /crontab, CommandLine|contains: ' -' }
  condition: selection
`
  const { rule, remarks, sigma: uuid } = convert(text)
  const made = parse(rule?.text ?? '') as Payload

  it('carries over what its author says, and whose it is', () => {
    expect(made).toMatchObject({
      id: 'S7c1b2d3eaaaa',
      version: 20_251_103,
      title: 'Crontab: replaced!',
      maturity: 'stable',
      sources: ['command'],
      references: ['https://example.org/cron'],
      false_positives: ['Administrators'],
      emits: [
        { technique: 'T1053.003', tactic: 'TA0003', confidence: 0.9 },
        { technique: 'T1059.004', confidence: 0.9 },
      ],
    })
    expect(made.description).toBe(
      'Replaces a crontab.\n\nMade from the Sigma rule 7C1B2D3E-aaaa-4bbb-8ccc-0123456789AB by Ada, Bob (DRL-1.1).',
    )
    expect([rule?.fileName, isRuleFile(rule?.fileName ?? ''), uuid]).toEqual([
      'S7c1b2d3eaaaa-crontab-replaced.yaml',
      true,
      '7C1B2D3E-aaaa-4bbb-8ccc-0123456789AB',
    ])
  })
  it('says what of it was left out', () => {
    expect(remarks.map(({ path }) => path)).toEqual(['tags.3', 'references.1'])
  })
  it('is the same each time, also of a rule without uuid', () => {
    expect(convert(text).rule).toEqual(rule)
    const without = text.replace(/^id:.*\n/mu, '')
    expect([convert(without).rule?.id, convert(without).rule?.id === rule?.id]).toEqual([convert(without).rule?.id, false])
    expect(convert(without).rule?.id).toMatch(/^S[0-9a-f]{12}$/u)
  })
  it('claims by the level, and is run by the status', () => {
    const told = (level: string, status: string) => {
      const { emits, maturity } = parse(convert(text.replace('critical', level).replace('stable', status)).rule?.text ?? '') as {
        emits: { confidence: number }[]
        maturity: string
      }
      return [emits[0]?.confidence, maturity]
    }
    expect([told('informational', 'test'), told('low', 'experimental'), told('medium', 'stable'), told('high', 'test')]).toEqual([
      [0.3, 'incubating'],
      [0.4, 'sandbox'],
      [0.6, 'stable'],
      [0.75, 'incubating'],
    ])
  })
})
