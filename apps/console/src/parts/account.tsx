import { CommandLine } from './command-line.tsx'

/** An account that lets in: its name, and the password to copy. */
export function Account({ user, password }: { user: string; password: string }) {
  return (
    <span className="login">
      <span className="mono cut">{user}</span>
      <CommandLine line={password} />
    </span>
  )
}
