import { because, field, under } from './fields.ts'
import type { Reading, Source, Target } from './source.ts'

const fixed = (says: string, ...values: readonly string[]): Target => ({ as: 'fixed', values, says })

const commands = {
  kind: 'command',
  evidence: ['command_text', 'user'],
  harmless: [{ command_text: 'ls' }, { command_text: 'echo hello' }, { command_text: 'true' }],
}
/** Verbs of protocols are no processes. */
const TYPED = { not: { any: [{ mode: 'protocol' }, { service: 'redis' }] } }
/** What ssh is given to run, it gives to a shell. Where neither is said, it may have been. */
const GIVEN = {
  not: { mode: ['interactive', 'protocol'] },
  any: [{ service: 'ssh' }, { service: { exists: false } }],
}
/** Programs that start others, and which of them they started is not told apart. */
const STARTERS = /(?:^|\/)(?:busybox|doas|env|find|nice|nohup|perl|php|python[\d.]*|ruby|s[cu]ript|sudo|su|timeout|watch|xargs)$/u
const SHELL_PARENT =
  'the parent of what is typed is a shell, and that of a shell which ssh gives a command is sshd; no other is seen on a decoy.'
const parent = (...values: readonly string[]): Target => ({ as: 'fixed', values, says: SHELL_PARENT, untold: STARTERS })
const whose = { ...under(field('user'), 'User', 'username', 'LogonUser', 'user.name'), ...under(field('cwd'), 'CurrentDirectory', 'cwd') }

const typed: Reading = {
  fields: {
    ...under({ as: 'command' }, 'CommandLine', 'ProcessCommandLine', 'process.command_line', 'cmdline', 'proctitle'),
    ...under({ as: 'program' }, 'Image', 'exe', 'ProcessName', 'comm', 'process.executable', 'NewProcessName'),
    ...under(parent('/bin/bash', '/usr/bin/bash'), 'ParentImage', 'ParentProcessName'),
    ...under({ as: 'parent line' }, 'ParentCommandLine'),
    ...whose,
  },
  keywords: { as: 'command' },
  only: TYPED,
}
const given: Reading = {
  fields: {
    ...under({ as: 'shell line' }, 'CommandLine', 'ProcessCommandLine', 'process.command_line', 'cmdline', 'proctitle'),
    ...under(
      fixed('the shell that ssh gives a command is bash.', '/bin/bash', '/usr/bin/bash'),
      ...['Image', 'exe', 'ProcessName', 'process.executable', 'NewProcessName'],
    ),
    comm: fixed('the shell that ssh gives a command is bash.', 'bash'),
    ...under(parent('/usr/sbin/sshd'), 'ParentImage', 'ParentProcessName'),
    ...under(fixed(SHELL_PARENT, 'sshd: root@notty', '/usr/sbin/sshd -D'), 'ParentCommandLine'),
    ...whose,
  },
  keywords: { as: 'shell line' },
  only: GIVEN,
}
/** What of a process nobody but its machine could say. */
const hidden = {
  ...because('no program is run, so there is none to take the hash of.', 'Hashes', 'md5', 'sha1', 'sha256', 'Imphash'),
  ...because(
    'it describes Windows programs.',
    ...['OriginalFileName', 'Product', 'Company', 'Description', 'FileVersion', 'IntegrityLevel'],
  ),
  ...because(
    'processes of a decoy have no numbers.',
    ...['ProcessId', 'ParentProcessId', 'LogonId', 'pid', 'ppid', 'auid', 'uid', 'euid', 'ses', 'ProcessGuid', 'ParentProcessGuid'],
  ),
}
export const process: Source = { ...commands, readings: [typed, given], unseen: hidden }

const RECORDS =
  'of audit records, those of a program that is started (EXECVE, and its SYSCALL and PROCTITLE) are seen on a decoy, no others.'
const records = {
  type: fixed(RECORDS, 'EXECVE', 'SYSCALL', 'PROCTITLE', 'CWD'),
  ...under(fixed(RECORDS, 'execve', '59', '221'), 'syscall'),
  ...under(fixed('a program that is started is.', 'yes'), 'success'),
}
const words = (target: (position: number) => Target) =>
  Object.fromEntries(Array.from({ length: 16 }, (_, position) => [`a${position}`, target(position)]))
const NO_WORD = fixed('a shell that ssh gives a command has three words: bash, -c and the command.')
export const audit: Source = {
  ...commands,
  readings: [
    { ...typed, fields: { ...records, ...words((position) => ({ as: 'word', position })), ...typed.fields }, keywords: null },
    {
      ...given,
      fields: {
        ...records,
        ...words(() => NO_WORD),
        ...given.fields,
        a0: fixed('the shell that ssh gives a command is bash.', 'bash'),
        a1: fixed('a shell that ssh gives a command has -c before it.', '-c'),
        a2: field('command_text'),
      },
      keywords: null,
    },
  ],
  unseen: {
    ...hidden,
    ...because('files that programs open are not seen on a decoy, which runs none.', 'name', 'nametype', 'objtype', 'mode', 'perm'),
    ...because('keys are given by the audit rules of a machine.', 'key'),
  },
}

/** Lines as they are typed, in the words of their author. */
export const shell: Source = { ...commands, readings: [{ fields: {}, keywords: field('command_text'), only: TYPED }] }

export const login: Source = {
  kind: 'auth_attempt',
  readings: [
    {
      fields: {
        ...under(field('username'), 'user', 'username', 'TargetUserName', 'TargetUser', 'acct', 'user.name', 'account', 'login'),
        ...under(
          field('attacker_ip'),
          ...['src_ip', 'src', 'SourceIp', 'IpAddress', 'addr', 'source.ip', 'rhost', 'SourceAddress', 'ClientIP', 'c-ip', 'id.orig_h'],
        ),
        ...under(field('method'), 'method', 'auth_method'),
        ...under(field('decky'), 'decky'),
        ...under(field('service'), 'service', 'protocol', 'app'),
        ...under(
          {
            as: 'flag',
            field: 'success',
            words: { success: true, yes: true, accepted: true, failure: false, failed: false, fail: false, no: false },
          },
          ...['outcome', 'action', 'status', 'result', 'res', 'success', 'event.outcome'],
        ),
      },
      keywords: null,
    },
  ],
  unseen: because(
    'an attempt tells of the service (service: ssh), not of ports and addresses of the decky.',
    ...['DestinationPort', 'dst_port', 'DestinationIp', 'dst_ip', 'SourcePort', 'src_port', 'IpPort'],
  ),
  evidence: ['username', 'method'],
  harmless: [
    { username: 'ada', password: 'x', success: true, method: 'password' },
    { username: 'ada', password: 'x', success: false, method: 'password' },
  ],
}

const DESTINATION = { as: 'part', field: 'target' } as const
export const network: Source = {
  kind: 'connect',
  readings: [
    {
      fields: {
        ...under({ ...DESTINATION, before: ':', any: '[0-9]*', after: '$' }, 'DestinationPort', 'dst_port', 'dst.port', 'destination.port'),
        ...under(
          { ...DESTINATION, before: '://\\[?', any: '[^\\]/]*', after: '\\]?(?::[0-9]+)?$' },
          ...['DestinationIp', 'DestinationHostname', 'dst_ip', 'dst_host', 'destination.ip', 'dst'],
        ),
        ...under({ ...DESTINATION, before: '^', any: '[a-z0-9]*', after: '://' }, 'Protocol', 'proto', 'transport'),
        ...under({ as: 'tool', field: 'tool' }, 'Image', 'ProcessName', 'exe', 'app'),
        ...under(field('attacker_ip'), 'attacker_ip'),
        initiated: fixed('what was to be connected began on the decky.', 'true'),
      },
      keywords: null,
    },
  ],
  unseen: {
    ...because(
      'the source of such a connection is the decky, whose address and port no evidence holds.',
      ...['SourceIp', 'src_ip', 'SourcePort', 'src_port', 'SourceHostname', 'source.ip'],
    ),
    ...because('of a connection its tool is known, not the line that it was started with: write such a rule for processes.', 'CommandLine'),
    ...because('no connection is made or blocked.', 'action', 'blocked'),
  },
  evidence: ['target', 'tool'],
  harmless: [{ target: 'tcp://example.com:80', tool: 'nc' }],
}

export const files: Source = {
  kind: 'file',
  readings: [
    {
      fields: {
        ...under(field('path'), 'TargetFilename', 'file_path', 'file.path', 'name'),
        ...under(field('name'), 'file.name', 'FileName'),
        ...under(field('sha256'), 'sha256', 'file.hash.sha256'),
      },
      keywords: null,
    },
  ],
  unseen: {
    ...because('which program wrote a file is not seen on a decoy.', 'Image', 'ProcessName', 'exe', 'CommandLine', 'ParentImage', 'User'),
    ...because('the hash that is kept is sha256.', 'Hashes', 'md5', 'sha1'),
  },
  evidence: ['path', 'via'],
  harmless: [{ path: '/home/ada/notes.txt', via: 'scp' }],
}

export const database: Source = {
  kind: 'query',
  readings: [
    {
      fields: {
        ...under(field('query_text'), 'query', 'statement', 'sql'),
        ...under(field('user'), 'user', 'username'),
        ...under(field('database'), 'database', 'db'),
      },
      keywords: field('query_text'),
    },
  ],
  evidence: ['query_text'],
  harmless: [{ query_text: 'SELECT 1' }],
}
