import { AppError } from '@decnet/kernel'

/** A path as a unit file takes it, one word. @throws {AppError} `bad_path`. */
export function quotedPath(path: string): string {
  // A unit would read these as its own syntax, each of its settings in another way.
  if (!path.startsWith('/') || /[\p{Cc}"'\\$]/u.test(path))
    throw new AppError(`${JSON.stringify(path)} cannot stand in a unit file.`, {
      code: 'bad_path',
      hint: 'Use an absolute path without quotes, dollar signs, backslashes and control characters.',
    })
  const escaped = path.replaceAll('%', '%%')
  return /\s/u.test(escaped) ? `"${escaped}"` : escaped
}

/** A user's or group's name. @throws {AppError} `bad_name`. */
export function checkedName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,30}$/u.test(name)) return name
  throw new AppError(`${JSON.stringify(name)} is no name of a user or group.`, { code: 'bad_name' })
}
