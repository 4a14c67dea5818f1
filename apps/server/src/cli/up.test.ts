import { expect, it } from 'vitest'
import { failedWords, movedServices, upWords } from './up.ts'

const note = (port: number, why = 'the port is taken') => ({ note: `port ${port} not to be had: ${why}` })

it.each([
  [[], null],
  [[{}], null],
  [[{}, note(80)], '1 service does not have its usual port (port 80 not to be had: the port is taken).'],
  [[note(80), note(80)], '2 services do not have their usual port (port 80 not to be had: the port is taken).'],
  [[note(80), note(22)], '2 services do not have their usual port (ports 22 and 80 not to be had: the port is taken).'],
  [
    [note(80), note(22, 'EADDRNOTAVAIL'), note(21), note(443), note(21), note(25)],
    '6 services do not have their usual port (ports 21, 22, 25 and 2 more not to be had: the port is taken; EADDRNOTAVAIL).',
  ],
])('the ports that were not to be had are named, three at most: %#', (services, said) => expect(movedServices(services)).toBe(said))

const decky = (name: string) => ({ name, ip: '10.9.0.11', services: [], logins: [] })
const gone = (name: string, reason = 'Somebody has 10.9.0.11.') => ({ decky: name, service: null, reason })
const plain = (text: string) => text.replaceAll(/\u001b\[\d+m/gu, '')

it.each([
  [[decky('a')], [], '● The fleet is up.'],
  [[decky('a')], [{ decky: 'a', service: 'ssh', reason: 'the port is taken' }], '● The fleet is up.'],
  [[decky('a')], [gone('b')], '● 1 of 2 deckies are up.'],
  [[decky('a'), decky('b')], [gone('c')], '● 2 of 3 deckies are up.'],
  [[], [gone('a'), gone('b')], '○ None of 2 deckies is up.'],
  [[], [gone('a')], '○ The only decky is not up.'],
])('how much of the fleet stands is said as it is: %#', (deckies, failed, said) => expect(plain(upWords({ deckies, failed }))).toBe(said))

it('what could not be made is named with its reason, each reason once', () =>
  expect(failedWords([gone('a'), gone('b'), { decky: 'c', service: 'ssh', reason: 'the port is taken' }]).map(plain)).toEqual([
    '✗ a, b: Somebody has 10.9.0.11.',
    '✗ ssh on c: the port is taken',
  ]))
