import { expect, it } from 'vitest'
import { shippedCatalogue } from './catalogue.ts'

/** What the rules of a honeypot of this kind must be able to name at least: commands, logins, requests, queries, mails, canaries, reputation. */
const FLOOR = `
  T1003.008 T1016 T1027 T1029 T1033 T1036 T1036.005 T1046 T1049 T1053.003 T1059 T1059.004 T1070.003 T1071 T1071.001 T1071.003 T1078 T1078.001
  T1082 T1083 T1087.002 T1090 T1098.004 T1105 T1110 T1110.001 T1110.003 T1110.004 T1135 T1136.001 T1190 T1204.002 T1213 T1482 T1485 T1486 T1496
  T1505.003 T1548.001 T1548.003 T1552.001 T1552.007 T1557.001 T1566 T1566.001 T1566.002 T1566.003 T1567 T1586.002 T1588 T1588.001 T1588.002 T1595
  T1595.002 T1602.002 T1611`

it('the shipped rules name each technique of the floor, none of them an experiment', async () => {
  const asked = [...(await shippedCatalogue()).values()].filter(({ document }) => document.maturity !== 'sandbox')
  const named = new Set(asked.flatMap(({ document }) => document.emits.map(({ technique }) => technique)))
  expect(
    FLOOR.trim()
      .split(/\s+/u)
      .filter((id) => !named.has(id)),
  ).toEqual([])
})
