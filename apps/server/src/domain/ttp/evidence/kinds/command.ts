import { events } from '@decnet/contracts/events'
import { readCommandLine } from '../../normalise/command-line.ts'
import { defineKind, text, texts } from '../kind.ts'
import * as read from '../read-body.ts'

/** A line that a shell or an interpreter was given. */
export const command = defineKind({
  name: 'command',
  summary: 'a line given to a shell or an interpreter (Redis commands and the verbs of FTP and SMTP too: see `mode` and `service`)',
  main: 'command_text',
  aliases: { command: 'command_text', cmd: 'command_text', pwd: 'cwd' },
  fields: {
    command_text: text('the line exactly as typed'),
    user: text('who ran it on the decky'),
    cwd: text('folder in which it ran'),
    mode: text('`interactive`, `exec` or `protocol` (a verb that runs nothing)'),
    line: text(
      'the line without its disguises: quotes, backslashes, `$IFS` and settings resolved, one space between words; what `sh -c` and decoded payloads hold stands behind it after ` ; `',
    ),
    commands: texts(
      'each simple command, program without folder, arguments joined by one space, redirections last: `cat /etc/passwd`, `echo x >> /root/.ssh/authorized_keys`; also inside `$( )`, `sh -c`, `sudo`, `xargs`, `os.system(…)` and its like, and decoded payloads',
    ),
    programs: texts('first word of each simple command without folder, wrappers (`sudo`, `busybox`) and what they wrap'),
    argv0: texts('first word of each simple command as written: `/tmp/.x/run`'),
    pipelines: texts('programs of each pipe: `curl|base64|sh`'),
    writes: texts('files that `>`, `>>` or `tee` write'),
    settings: texts('`NAME=value` before a command or in `export`'),
    decoded: texts('payloads that were hidden in base64, hexadecimal digits or escapes'),
  },
  derive: ({ command_text: line }) => (typeof line === 'string' ? { ...readCommandLine(line) } : {}),
  from: ({ type, body }) =>
    type === events.command.type ? [read.texts(body, { command_text: 'command', user: 'user', cwd: 'cwd', mode: 'mode' })] : [],
})
