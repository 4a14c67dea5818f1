import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** A real OpenSSH server on a port of 127.0.0.1, in the foreground: the caller ends it. */
export function startSshd(hostKey: string, port: number): ChildProcess {
  // Debian makes it only where the service itself is started.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const own = ['-o', 'ListenAddress=127.0.0.1', '-o', 'PidFile=none']
  return spawn('/usr/sbin/sshd', ['-D', '-e', '-f', '/dev/null', '-h', hostKey, '-p', String(port), ...own], { stdio: 'ignore' })
}
