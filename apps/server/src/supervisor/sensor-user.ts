import { readFileSync } from 'node:fs'

/** Who the sensor becomes when started as root: `nobody`, or a user of its own where the machine has one. */
export function sensorUser(): { uid: number; gid: number } {
  const line =
    /^decnet-sensor:[^:]*:(\d+):(\d+):/mu.exec(readFileSync('/etc/passwd', 'utf8')) ??
    /^nobody:[^:]*:(\d+):(\d+):/mu.exec(readFileSync('/etc/passwd', 'utf8'))
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) }
}
