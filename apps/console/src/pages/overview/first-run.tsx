import { Check, Circle } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { CommandLine } from '../../parts/command-line.tsx'
import { useDeckies, useMe } from '../../queries.ts'
import { plural } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'
import { attackLine } from '../../words/services.ts'

/** Nothing was ever seen: what stands already, and how to see the first attacker within a minute. */
export function FirstRun() {
  const deckies = useDeckies()
  const me = useMe()
  const services = (deckies.data ?? []).flatMap((d) => d.services.filter((s) => s.state === 'listening'))
  const door = deckies.data?.find((d) => d.logins.length > 0 && d.services.some((s) => s.name === 'ssh' && s.state === 'listening'))
  const login = door?.logins[0]
  const lines = ['ssh', 'http', 'redis', 'ftp'].flatMap((name) => {
    const owners = [...(door ? [door] : []), ...(deckies.data ?? [])]
    const found = owners.flatMap((d) => d.services.filter((s) => s.name === name && s.state === 'listening').map((s) => ({ d, s })))[0]
    const users = found?.d.logins.map((l) => l.user)
    const line = found ? attackLine(found.s, users) : null
    return line ? [line] : []
  })
  return (
    <div className="first">
      <h1 className="lead">Nobody came by yet.</h1>
      <p className="sub">Your fleet is waiting. To see what the console does with an attacker, be the first.</p>
      <ol>
        <Step done title="The server runs" about="You are looking at it." />
        <Step
          done={me.data !== undefined && !me.data.must_change_password}
          title="You have a password of your own"
          about={`You are logged in as ${me.data?.username ?? '…'}.`}
        />
        <Step
          done={services.length > 0}
          title={
            deckies.data
              ? `${plural(deckies.data.length, 'decky', 'deckies')} with ${plural(services.length, 'service')} listening`
              : 'Looking for deckies…'
          }
          about={
            <>
              Their addresses stand under{' '}
              <Link className="link" href={hrefTo('/fleet')}>
                Fleet
              </Link>
              .
            </>
          }
        />
        <Step
          done={false}
          title="Attack it yourself"
          about={
            <>
              Paste one of these into a terminal on this machine.
              {login && (
                <>
                  {' '}
                  The password <code className="mono strong">{login.password}</code> lets you in by ssh.
                </>
              )}
            </>
          }
        >
          <div className="first-lines">
            {lines.map((line) => (
              <CommandLine key={line} line={line} />
            ))}
            {deckies.data && lines.length === 0 && <span className="faint">No service listens. The Fleet page says why.</span>}
          </div>
        </Step>
      </ol>
      <p className="faint">This page fills by itself as soon as the first event arrives.</p>
    </div>
  )
}

function Step({ done, title, about, children }: { done: boolean; title: string; about: ReactNode; children?: ReactNode }) {
  return (
    <li>
      {done ? <Check aria-label="done" className="done" /> : <Circle aria-label="to do" />}
      <div>
        <b>{title}</b>
        <p className="dim">{about}</p>
        {children}
      </div>
    </li>
  )
}
