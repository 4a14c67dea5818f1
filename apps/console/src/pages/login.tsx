import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { ApiError, send } from '../api.ts'
import { logOut } from '../frame/log-out.ts'
import { Field, FormError, wrongIn } from '../parts/form.tsx'
import { firstPasswordOf } from '../words/first-password.ts'
import './login.css'

function Door({ title, about, children }: { title: string; about: ReactNode; children: ReactNode }) {
  return (
    <main className="door">
      <div className="door-in">
        <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
          <path d="M10 2l7 4v8l-7 4-7-4V6z" />
          <circle cx="10" cy="10" r="2.4" fill="currentColor" stroke="none" />
        </svg>
        <h1>{title}</h1>
        <p className="dim">{about}</p>
        {children}
      </div>
    </main>
  )
}

export function Login() {
  const client = useQueryClient()
  const [username, setUsername] = useState('admin')
  const [password, setPassword] = useState('')
  const login = useMutation({
    mutationFn: () => send('POST', '/auth/login', { username, password }),
    onSuccess: () => void client.resetQueries(),
    onError: () => setPassword(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    login.mutate()
  }
  return (
    <Door title="DECNET" about="Log in to see who came by.">
      <form onSubmit={submit}>
        <FormError error={login.error} fields={['username', 'password']} />
        <Field
          label="User name"
          autoComplete="username"
          autoCapitalize="none"
          required
          value={username}
          onChange={(e) => setUsername(e.target.value)}
          wrong={wrongIn(login.error, 'username')}
        />
        <Field
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          value={password}
          onChange={(e) => setPassword(e.target.value)}
          wrong={wrongIn(login.error, 'password')}
        />
        <button type="submit" className="btn primary" disabled={login.isPending}>
          {login.isPending ? 'Logging in…' : 'Log in'}
        </button>
        <p className="faint small">
          The first start printed the password once. Lost it? Run <code className="mono">decnet passwd admin</code> on the server.
        </p>
      </form>
    </Door>
  )
}

/** Nothing else is shown until the first password is replaced. */
export function MustChange({ username }: { username: string }) {
  return (
    <Door title="Choose your password" about={firstPasswordOf(username)}>
      <PasswordForm username={username} />
      <button type="button" className="btn quiet" onClick={() => void logOut()} style={{ marginTop: 8, width: '100%' }}>
        Log out
      </button>
    </Door>
  )
}

/** Old and new password; every session of this user ends with it, and this one begins anew with the new password. */
export function PasswordForm({ username }: { username: string }) {
  const [old, setOld] = useState('')
  const [fresh, setFresh] = useState('')
  const [again, setAgain] = useState('')
  const differ = again !== '' && again !== fresh
  const change = useMutation({
    async mutationFn() {
      await send('POST', '/auth/change-password', { old_password: old, new_password: fresh })
      // Where this fails, the page that follows asks for it.
      await send('POST', '/auth/login', { username, password: fresh }).catch(() => undefined)
    },
    onSuccess: () => window.location.assign('/'),
  })
  const wrongOld =
    change.error instanceof ApiError && change.error.status === 401
      ? 'This is not the present password'
      : wrongIn(change.error, 'old_password')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!differ && fresh.length >= 12) change.mutate()
      }}
    >
      <input type="text" autoComplete="username" value={username} readOnly hidden />
      {!wrongOld && <FormError error={change.error} fields={['old_password', 'new_password']} />}
      <Field
        label="Present password"
        type="password"
        autoComplete="current-password"
        required
        value={old}
        onChange={(e) => setOld(e.target.value)}
        wrong={wrongOld}
      />
      <Field
        label="New password"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        maxLength={128}
        value={fresh}
        onChange={(e) => setFresh(e.target.value)}
        hint={fresh.length >= 12 ? 'Long enough' : `At least 12 characters${fresh === '' ? '' : `, ${12 - fresh.length} to go`}`}
        wrong={wrongIn(change.error, 'new_password')}
      />
      <Field
        label="New password again"
        type="password"
        autoComplete="new-password"
        required
        value={again}
        onChange={(e) => setAgain(e.target.value)}
        wrong={differ ? 'The two differ' : undefined}
      />
      <button type="submit" className="btn primary" disabled={change.isPending || differ || fresh.length < 12 || again === ''}>
        {change.isPending ? 'Changing…' : 'Change password'}
      </button>
    </form>
  )
}
