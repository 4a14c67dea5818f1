import { CommandLine } from './command-line.tsx'

/** An account that lets in: its name, the password to copy, and the services that keep it out. */
export function Account({ user, password, not = [] }: { user: string; password: string; not?: readonly string[] }) {
  return (
    <span className="login">
      <span className="mono cut">{user}</span>
      <CommandLine line={password} />
      {not.length > 0 && <span className="faint small nowrap">not by {not.join(', ')}</span>}
    </span>
  )
}
