import { AppError } from '@decnet/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderFormat } from './order.ts'
import { type ReadOrder, readOrder } from './read-order.ts'

const KNOWN = ['ssh', 'http', 'mysql']
const ini = (text: string) => readOrder(text, 'ini', KNOWN)
const yaml = (text: string) => readOrder(text, 'yaml', KNOWN)

function refused(read: () => ReadOrder): { line: number | undefined; message: string }[] {
  try {
    read()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect([error.code, error.status]).toEqual(['order_invalid', 422])
    return (error.fields ?? []).map(({ line, message }) => ({ line, message }))
  }
  throw new Error('it was taken')
}

describe('a fleet written as INI', () => {
  it('has a network, deckies with their members, and several alike', () => {
    const { order, warnings } = ini(`\uFEFF# the lab
[general]
net = 192.168.1.0/24
gw: 192.168.1.1
interface = eth0
mutate-interval = 60

[web]
services = ssh, http
archetype = web-server
nmap-os = linux
amount = 3
mutate_interval = 0

[db-main]
ip = 192.168.1.50
`)
    expect(warnings).toEqual([])
    expect(order.network).toEqual({ subnet: '192.168.1.0/24', gateway: '192.168.1.1', interface: 'eth0' })
    expect(order.mutate_interval).toBe(60)
    expect(order.deckies.map(({ name }) => name)).toEqual(['web-01', 'web-02', 'web-03', 'db-main'])
    expect(order.deckies[1]).toMatchObject({ services: ['ssh', 'http'], archetype: 'web-server', os_family: 'linux', mutate_interval: 0 })
    expect(order.deckies[3]).toMatchObject({ ip: '192.168.1.50', mutate_interval: null })
    expect(order.deckies[3]).not.toHaveProperty('services')
  })

  it('reads the same with CRLF, with CR and with LF', () => {
    const text = '[web]\nservices = ssh\n  http\n'
    const same = [text, text.replaceAll('\n', '\r\n'), text.replaceAll('\n', '\r')].map((each) => ini(each).order)
    expect(same[0]?.deckies[0]?.services).toEqual(['ssh', 'http'])
    expect([same[1], same[2]]).toEqual([same[0], same[0]])
  })

  it('gives settings of a service to every decky with that name before it, the longer name last', () => {
    const { order, warnings } = ini(
      `[web]
amount = 2
[web-02.ssh]
max_auth_tries = 2
[web.ssh]
max_auth_tries = 9
permit_root_login = no
[__proto__]
[gone.http]
__proto__ = 1
`.replace('[__proto__]\n', ''),
    )
    expect(order.deckies.map(({ service_config }) => service_config)).toEqual([
      { ssh: { max_auth_tries: '9', permit_root_login: 'no' } },
      { ssh: { max_auth_tries: '2', permit_root_login: 'no' } },
    ])
    expect(warnings).toEqual(['[gone.http], line 8: there is no decky gone; it changes nothing.'])
  })

  it('says where settings of a service change nothing, because no decky has it', () => {
    expect(ini('[web]\nservices = http\n[web.ssh]\nmax_auth_tries = 2\n').warnings).toEqual([
      '[web.ssh], line 3: web has no ssh; it changes nothing.',
    ])
  })

  it.each<[what: string, text: string, line: number, says: string]>([
    ['an empty text', '', 1, 'There is no [section].'],
    ['comments alone', '# nothing\n; at all\n', 1, 'There is no [section].'],
    ['no decky', '[general]\nnet = 10.0.0.0/24\n', 1, 'No section names a decky.'],
    ['a key before any section', 'services = ssh\n[web]\n', 1, 'before the first [section]'],
    ['a section that is not closed', '[web]\n[db\n', 2, 'A section is written [name]'],
    ['something behind a section', '[web] # mine\n', 1, 'A section is written [name]'],
    ['a section without a name', '[web]\n[ ]\n', 2, 'needs a name'],
    ['a section twice', '[web]\n\n[web]\n', 3, 'a section [web] already'],
    ['a key twice', '[web]\nip = 10.0.0.5\nIP = 10.0.0.6\n', 3, 'ip stands in this section already'],
    ['a line that is nothing', '[web]\n\nssh http\n', 3, 'neither a [section] nor key = value'],
    ['no key before the sign', '[web]\n= ssh\n', 2, 'no key before the sign'],
    ['an unknown key', '[web]\nport = 22\n', 2, '[web] has no port; there are ip, services'],
    ['an unknown key of general', '[general]\nnetwork = 10.0.0.0/8\n[web]\n', 2, '[general] has no network; there are net, gw'],
    ['a name that no decky may have', '[Web Server]\n', 1, 'must be lower-case letters'],
    ['a name that ends in a dash', '[web-]\n', 1, 'must end with a letter or a digit'],
    ['a service that does not exist', '[web]\n[web.gopher]\n', 2, 'no service gopher; there are ssh, http, mysql'],
    ['a program of one’s own', '[custom-shop]\nbinary = shop\nexec = ./shop\n', 1, 'Leave this section out'],
    ['an address that is none', '[web]\nip = 10.0.0.256\n', 2, 'ip'],
    ['an address for several', '[web]\namount = 2\nip = 10.0.0.5\n', 3, '2 deckies cannot share one ip'],
    ['no amount', '[web]\namount = many\n', 2, 'amount must be a whole number from 1 to 100'],
    ['an amount of none', '[web]\namount = 0\n', 2, 'from 1 to 100'],
    ['too large an amount', '[web]\namount = 101\n', 2, 'from 1 to 100'],
    ['an interval that is none', '[web]\nmutate_interval = weekly\n', 2, 'mutate_interval'],
    ['a family that does not exist', '[web]\n\nnmap_os = beos\n', 3, 'must be one of linux, windows'],
    ['no services', '[web]\nservices =\n', 2, 'services'],
    ['a network that is none', '[general]\nnet = 192.168.1.0\n[web]\n', 2, 'network.subnet must be a network such as'],
    ['a gateway that is none', '[general]\nnet = 10.0.0.0/24\ngw = router\n[web]\n', 3, 'must be an IPv4 address'],
    ['an interface that is none', '[general]\ninterface = eth 0\n[web]\n', 2, 'network interface'],
    [
      'a remark behind a value',
      '[web]\narchetype = web-server ; the shop\n',
      2,
      'A remark stands in a line of its own: put what begins at ; there.',
    ],
    ['a remark behind a network', '[general]\nnet = 10.0.0.0/24 # home\n[web]\n', 2, 'put what begins at # there.'],
    ['too many deckies', Array.from({ length: 6 }, (_, n) => `[w${n}]\namount = 50\n`).join(''), 11, 'At most 250'],
    ['too long a text', `[web]\n${'# x\n'.repeat(140_000)}`, 1, 'longer than 512 KB'],
  ])('names the line of %s', (_what, text, line, says) => {
    expect(refused(() => ini(text))).toContainEqual({ line, message: expect.stringContaining(says) })
  })

  it('takes texts of services as they are, with what a remark would begin with', () => {
    const { order } = ini('[web]\n[web.ssh]\nbanner = Room 4 # ask ; first\n')
    expect(order.deckies[0]?.service_config).toEqual({ ssh: { banner: 'Room 4 # ask ; first' } })
  })

  it('tells everything that is wrong at once, in the order of the lines', () => {
    const lines = refused(() => ini('[web]\nport = 1\namount = x\n[db]\nfoo\n')).map(({ line }) => line)
    expect(lines).toEqual([2, 3, 5])
  })

  it('puts lines to what is found out later', () => {
    const { located } = ini('[web]\namount = 2\narchetype = nas\n[db]\nip = 10.0.0.9\n[db.ssh]\nmax_auth_tries = 0\n')
    const later = located(
      new AppError('Three things.', {
        code: 'deploy_invalid',
        status: 422,
        fields: ['deckies.2.service_config.ssh.max_auth_tries', 'deckies.2.ip', 'deckies.1.archetype', 'deckies.2.name', 'ip_start'].map(
          (field) => ({ field, message: 'no' }),
        ),
      }),
    )
    expect(later.fields?.map(({ field, line }) => [line, field])).toEqual([
      [1, 'ip_start'],
      [3, 'deckies.1.archetype'],
      [4, 'deckies.2.name'],
      [5, 'deckies.2.ip'],
      [7, 'deckies.2.service_config.ssh.max_auth_tries'],
    ])
    expect(located(new AppError('One.', { code: 'x', fields: [{ field: 'deckies.2.ip', message: 'taken' }] })).message).toBe('Line 5: One.')
  })
})

describe('what is found out later of several deckies alike', () => {
  it('is told once, for the line where it stands', () => {
    const { located } = ini('[web]\namount = 2\narchetype = nas\n[db]\nip = 10.0.0.9\n')
    const fault = (field: string, message: string) => ({ field, message })
    const alike = [0, 1].map((n) => fault(`deckies.${n}.archetype`, 'There is no archetype nas.'))
    const told = (fields: typeof alike) => located(new AppError(`${fields.length} things are not possible.`, { code: 'x', fields }))
    expect(told(alike)).toMatchObject({ message: 'Line 3: There is no archetype nas.', fields: [{ line: 3 }] })
    const more = told([...alike, fault('deckies.2.ip', '10.0.0.9 is taken.')])
    expect([more.message, more.fields?.map(({ line }) => line)]).toEqual(['2 things are not possible.', [3, 5]])
  })
})

describe('a fleet written as YAML', () => {
  it('has the shape of the API’s request, with a network that is half said', () => {
    const { order } = yaml(`network:
  interface: eth0
  dhcp: true
mutate_interval: 60
seed: autumn
deckies:
  - name: web
    amount: 3
    services: [ssh, http]
    service_config:
      ssh: { max_auth_tries: 3 }
  - archetype: database-server
`)
    expect(order).toMatchObject({ network: { interface: 'eth0', dhcp: true }, mutate_interval: 60, seed: 'autumn', replace_fleet: false })
    expect(order.deckies).toMatchObject([
      { name: 'web', amount: 3, service_config: { ssh: { max_auth_tries: 3 } } },
      { archetype: 'database-server', amount: 1 },
    ])
  })

  it.each<[what: string, text: string, line: number, says: string]>([
    ['an empty text', '', 1, 'has no `deckies:`'],
    ['a list', '- web\n', 1, 'has no `deckies:`'],
    ['no deckies', 'seed: x\n', 1, 'deckies must be'],
    ['what is no YAML', 'deckies:\n  - name: "web\n', 2, 'no YAML'],
    ['a list that does not end', 'deckies:\n  - name: web\n    amount: 2\n    services: [ssh, http\n\n', 4, 'no YAML'],
    ['a tab', 'deckies:\n\t- name: web\n', 2, 'no YAML'],
    ['an unknown member', 'deckies:\n  - name: web\n    port: 22\n', 3, 'port is not known'],
    ['an alias', 'deckies:\n  - &a { name: web }\n  - *a\n', 2, 'anchors'],
    ['a number for a list', 'deckies: 5\n', 1, 'deckies must be a list'],
    ['an amount out of bounds', 'deckies:\n  - name: web\n    amount: 251\n', 3, 'from 1 to 250'],
    ['a name that no decky may have', 'deckies:\n  - amount: 1\n    name: "Web"\n', 3, 'lower-case letters'],
  ])('names the line of %s', (_what, text, line, says) => {
    expect(refused(() => yaml(text))).toContainEqual({ line, message: expect.stringContaining(says) })
  })
})

describe('any text at all', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '[general]',
      '[web]',
      '[web.ssh]',
      '[custom-x]',
      'amount = 3',
      'ip = 10.0.0.5',
      'services = ssh',
      '  - name: web',
      'deckies:',
      '[',
    ),
    fc.tuple(fc.constantFrom('ip', '__proto__', 'constructor', 'amount', 'net'), fc.string()).map(([key, value]) => `${key} = ${value}`),
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n')),
  )
  it.each<OrderFormat>(['ini', 'yaml'])('as %s is an order, or is refused by name with a line of that text', (format) => {
    fc.assert(
      fc.property(text, (text) => {
        try {
          const { order } = readOrder(text, format, KNOWN)
          expect(order.deckies.length).toBeGreaterThan(0)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          expect(error.code).toBe('order_invalid')
          const last = text.split(/\r\n|\r|\n/u).length
          for (const { line = 0, message } of error.fields ?? []) {
            expect(message).not.toBe('')
            expect(line).toBeGreaterThan(0)
            expect(line).toBeLessThanOrEqual(last)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is read in a time that grows with its length alone', () => {
    const started = performance.now()
    for (const part of ['[a', ' =', '\n ', '[a]\n', 'a=\n', '[w]\namount=100\n[w.ssh]\n'])
      refused(() => ini(`${part.repeat(Math.floor(500_000 / part.length))}\n[`))
    expect(performance.now() - started).toBeLessThan(8_000)
  })
})
