import { Monitor, Moon, Sun } from 'lucide-react'
import { logOut } from '../frame/log-out.ts'
import { Page } from '../frame/page.tsx'
import { useMe } from '../queries.ts'
import { setTheme, type Theme, themes, useTheme } from '../theme.ts'
import { PasswordForm } from './login.tsx'
import { Users } from './settings/users.tsx'
import './settings/settings.css'

const icons = { system: Monitor, light: Sun, dark: Moon }
const names: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' }

export default function Settings() {
  const me = useMe()
  const theme = useTheme()
  return (
    <Page title="Settings">
      <h1 className="lead">Settings</h1>
      <div className="settings">
        <section aria-labelledby="s-look">
          <h2 id="s-look">Appearance</h2>
          <div>
            <span className="seg">
              {themes.map((t) => {
                const Icon = icons[t]
                return (
                  <button key={t} type="button" aria-pressed={theme === t} onClick={() => setTheme(t)}>
                    <Icon aria-hidden /> {names[t]}
                  </button>
                )
              })}
            </span>
            <p className="faint small">Kept in this browser.</p>
          </div>
        </section>
        <section aria-labelledby="s-you">
          <h2 id="s-you">You</h2>
          <div>
            <p>
              Logged in as <b>{me.data?.username ?? '…'}</b>,{' '}
              {me.data?.role === 'admin' ? 'who may change everything' : 'who may look at everything'}.
            </p>
            <button type="button" className="btn" style={{ marginTop: 10 }} onClick={() => void logOut()}>
              Log out
            </button>
          </div>
        </section>
        <section aria-labelledby="s-pass">
          <h2 id="s-pass">Password</h2>
          <div className="narrow">
            <PasswordForm username={me.data?.username ?? ''} />
            <p className="faint small" style={{ marginTop: 10 }}>
              Afterwards you log in again, here and wherever else you are logged in.
            </p>
          </div>
        </section>
        {me.data?.role === 'admin' && (
          <section aria-labelledby="s-users">
            <h2 id="s-users">Users</h2>
            <Users me={me.data} />
          </section>
        )}
      </div>
    </Page>
  )
}
