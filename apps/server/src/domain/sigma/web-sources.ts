import { because, field, under } from './fields.ts'
import type { Source, Target } from './source.ts'

const header = (name: string, ...names: readonly string[]) => under({ as: 'header', name }, ...names)

export const web: Source = {
  kind: 'http_request',
  readings: [
    {
      fields: {
        ...under(field('method'), 'cs-method', 'method', 'http.method', 'http.request.method', 'request_method'),
        ...under(field('raw_url'), 'c-uri', 'cs-uri', 'uri', 'url', 'request_uri', 'url.original', 'request'),
        ...under(field('path'), 'cs-uri-stem', 'c-uri-stem', 'c-uri-path', 'uri_path', 'url.path'),
        ...under(field('query'), 'cs-uri-query', 'c-uri-query', 'uri_query', 'url.query', 'query_string'),
        ...under(
          { as: 'part', field: 'raw_url', before: '^[^?#]*\\.', any: '[^./?#]*', after: '(?:$|[?#])' },
          ...['c-uri-extension', 'cs-uri-extension', 'url.extension'],
        ),
        ...under(
          field('user_agent'),
          'cs-user-agent',
          'c-useragent',
          'cs(User-Agent)',
          'user_agent',
          'useragent',
          'http_user_agent',
          'user_agent.original',
        ),
        ...under(field('host'), 'cs-host', 'cs(Host)', 'r-dns', 'host', 'http.host', 'vhost'),
        ...under(field('body'), 'cs-body', 'post_body', 'request_body', 'client_body'),
        ...under(field('content_type'), 'cs-content-type', 'content_type', 'cs(Content-Type)'),
        ...header('referer', 'cs-referer', 'cs-referrer', 'c-referer', 'cs(Referer)', 'referer', 'referrer', 'http_referer'),
        ...header('cookie', 'cs-cookie', 'cs(Cookie)', 'cookie'),
        ...header('x-forwarded-for', 'x-forwarded-for', 'cs(X-Forwarded-For)'),
        ...under({ as: 'number', field: 'status' }, 'sc-status', 'status', 'status_code', 'http.status_code', 'http.response.status_code'),
        ...under(field('attacker_ip'), 'c-ip', 'src_ip', 'client_ip', 'ClientIP', 'SourceIp', 'source.ip', 'remote_addr', 'id.orig_h'),
      },
      keywords: field('anywhere'),
    },
  ],
  unseen: {
    ...because(
      'a request tells of the service, not of ports and addresses of the decky.',
      ...['DestinationPort', 'dst_port', 'DestinationIp', 'dst_ip', 's-ip', 's-port', 'id.resp_p', 'id.resp_h'],
    ),
    ...because(
      'what was answered is not kept but for its status.',
      'sc-bytes',
      'sc-substatus',
      'sc-win32-status',
      'time-taken',
      'response_body',
    ),
  },
  evidence: ['method', 'raw_url', 'user_agent'],
  harmless: [
    { method: 'GET', raw_url: '/', user_agent: 'Mozilla/5.0', status: 200 },
    { method: 'POST', raw_url: '/contact', user_agent: 'Mozilla/5.0', body: 'name=Ada', status: 302 },
  ],
}

/** Part of an address that was to be fetched. */
const address = (before: string, any: string, after = '(?:$|[?#])'): Target => ({ as: 'part', field: 'url', before, any, after })
const SERVER = '^[a-z][a-z0-9+.-]*://'
export const proxy: Source = {
  kind: 'download',
  readings: [
    {
      fields: {
        ...under(field('url'), 'c-uri', 'cs-uri', 'url', 'url.original'),
        ...under(
          address(`${SERVER}(?:[^/@]*@)?`, '[^/:?#]*', '(?::[0-9]+)?(?:$|[/?#])'),
          'r-dns',
          'cs-host',
          'host',
          'dst_host',
          'DestinationHostname',
        ),
        ...under(address(`${SERVER}[^/?#]*`, '[^?#]*'), 'c-uri-stem', 'cs-uri-stem', 'c-uri-path', 'url.path'),
        ...under(address('^[^?#]*\\?', '.*', '$'), 'c-uri-query', 'cs-uri-query', 'url.query'),
        ...under(address('^[^?#]*\\.', '[^./?#]*'), 'c-uri-extension', 'cs-uri-extension', 'url.extension'),
        ...under(field('tool'), 'tool'),
      },
      keywords: field('url'),
    },
  ],
  unseen: {
    ...because(
      'nothing is fetched, so that no request with method, agent and answer is seen.',
      'c-useragent',
      'cs-user-agent',
      'cs-method',
      'sc-status',
      'cs-cookie',
      'cs-bytes',
      'sc-bytes',
      'cs-referrer',
      'cs-referer',
    ),
    ...because('the client is the decky, whose address no evidence holds.', 'c-ip', 'src_ip', 'SourceIp'),
    ...because('no name is looked up.', 'dst_ip', 'DestinationIp', 'r-ip'),
  },
  evidence: ['url', 'tool'],
  harmless: [{ url: 'http://example.com/', tool: 'curl' }],
}
