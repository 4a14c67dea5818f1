import { xmlRpcCredentials } from '../credentials.ts'
import type { Page, SiteRequest } from '../site.ts'

const methods = [
  'system.multicall',
  'system.listMethods',
  'system.getCapabilities',
  'demo.addTwoNumbers',
  'demo.sayHello',
  'pingback.extensions.getPingbacks',
  'pingback.ping',
  'metaWeblog.getUsersBlogs',
  'metaWeblog.getRecentPosts',
  'metaWeblog.newPost',
  'blogger.getUsersBlogs',
  'wp.getUsersBlogs',
  'wp.getPosts',
  'wp.getUsers',
  'wp.getOptions',
  'wp.uploadFile',
]

const fault = (code: number, text: string) => `  <fault>
    <value>
      <struct>
        <member>
          <name>faultCode</name>
          <value><int>${code}</int></value>
        </member>
        <member>
          <name>faultString</name>
          <value><string>${text}</string></value>
        </member>
      </struct>
    </value>
  </fault>
`
const answer = (inside: string) => `<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse>\n${inside}</methodResponse>\n`
const value = (inside: string) => `  <params>\n    <param>\n      <value>\n      ${inside}\n      </value>\n    </param>\n  </params>\n`
const WRONG = 'Incorrect username or password.'

/** /xmlrpc.php: lists its methods, knows no password. */
export function xmlRpc(request: SiteRequest): Page {
  if (request.method !== 'POST')
    return {
      status: 405,
      headers: [['Allow', 'POST']],
      type: 'text/plain;charset=UTF-8',
      body: 'XML-RPC server accepts POST requests only.',
    }
  const page = (inside: string): Page => ({
    status: 200,
    headers: [],
    type: 'text/xml; charset=UTF-8',
    body: answer(inside),
  })
  const method = /<methodName>\s*([A-Za-z0-9_.]+)\s*<\/methodName>/u.exec(request.body.toString('latin1'))?.[1]
  if (method === undefined) return page(fault(-32700, 'parse error. not well formed'))
  if (method === 'system.listMethods')
    return page(value(`<array><data>\n${methods.map((name) => `  <value><string>${name}</string></value>\n`).join('')}</data></array>`))
  if (method === 'demo.sayHello') return page(value('<string>Hello!</string>'))
  if (method === 'system.multicall') {
    const tries = xmlRpcCredentials(request.body).length
    const one = `  <value><struct>\n  <member><name>faultCode</name><value><int>403</int></value></member>\n  <member><name>faultString</name><value><string>${WRONG}</string></value></member>\n</struct></value>\n`
    return page(value(`<array><data>\n${one.repeat(tries)}</data></array>`))
  }
  if (method === 'pingback.ping') return page(fault(0, ''))
  if (/^(?:wp|metaWeblog|blogger|mt)\./u.test(method)) return page(fault(403, WRONG))
  return page(fault(-32601, `server error. requested method ${method} does not exist.`))
}
