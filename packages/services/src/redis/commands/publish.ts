import type { Call, Client, Handler } from '../instance.ts'
import { globMatch } from '../keyspace.ts'
import { array, bulk, integer, nil, type Reply } from '../reply.ts'

const MOST = 1000

function message(kind: string, subject: Reply, count: number): Reply {
  return { type: 'push', items: [bulk(kind), subject, integer(count)] }
}
const count = (client: Client) => client.channels.size + client.patterns.size

const join =
  (kind: 'subscribe' | 'psubscribe'): Handler =>
  ({ client, words }) => {
    const subjects = kind === 'subscribe' ? client.channels : client.patterns
    const replies = words.slice(1).map((word) => {
      if (subjects.size < MOST) subjects.add(word.toString('latin1'))
      return message(kind, bulk(word), count(client))
    })
    return { type: 'many', replies }
  }

const leave =
  (kind: 'unsubscribe' | 'punsubscribe'): Handler =>
  ({ client, words }) => {
    const subjects = kind === 'unsubscribe' ? client.channels : client.patterns
    const named = words.length > 1 ? words.slice(1).map((word) => word.toString('latin1')) : [...subjects]
    if (named.length === 0) return message(kind, nil, count(client))
    const replies = named.map((name) => {
      subjects.delete(name)
      return message(kind, bulk(name), count(client))
    })
    return { type: 'many', replies }
  }

function publish({ instance, words, text }: Call): Reply {
  const channel = text(1)
  const payload = bulk(words[2] ?? '')
  let heard = 0
  for (const client of instance.clients.values()) {
    if (client.channels.has(channel)) {
      client.push({ type: 'push', items: [bulk('message'), bulk(channel), payload] })
      heard++
    }
    for (const pattern of client.patterns) {
      if (!globMatch(pattern, channel)) continue
      client.push({ type: 'push', items: [bulk('pmessage'), bulk(pattern), bulk(channel), payload] })
      heard++
    }
  }
  return integer(heard)
}

const channelsOf = (call: Call) => [...new Set([...call.instance.clients.values()].flatMap((client) => [...client.channels]))]

/** Publish and subscribe, within the decky. */
export const publishing: Readonly<Record<string, Handler>> = {
  subscribe: join('subscribe'),
  psubscribe: join('psubscribe'),
  unsubscribe: leave('unsubscribe'),
  punsubscribe: leave('punsubscribe'),
  publish,
  spublish: () => integer(0),
  'pubsub|channels': (call) =>
    array(
      channelsOf(call)
        .filter((name) => call.words.length < 3 || globMatch(call.text(2), name))
        .map(bulk),
    ),
  'pubsub|numsub': (call) =>
    array(
      call.words.slice(2).flatMap((word) => {
        const name = word.toString('latin1')
        return [bulk(word), integer([...call.instance.clients.values()].filter((client) => client.channels.has(name)).length)]
      }),
    ),
  'pubsub|numpat': (call) => integer(new Set([...call.instance.clients.values()].flatMap((client) => [...client.patterns])).size),
}
