import { type User, username as usernameRule } from '@decnet/contracts/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { send } from '../../api.ts'
import { Confirm, Dialog } from '../../parts/dialog.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Field, FormError, wrongIn } from '../../parts/form.tsx'
import { Time } from '../../parts/time.tsx'
import { useUsers } from '../../queries.ts'

type Asked = { what: 'add' } | { what: 'reset' | 'delete'; user: User } | null

/** Who may come in. Only admins see this. */
export function Users({ me }: { me: User }) {
  const users = useUsers()
  const client = useQueryClient()
  const [asked, setAsked] = useState<Asked>(null)
  const again = () => void client.invalidateQueries({ queryKey: ['users'] })
  const done = () => {
    setAsked(null)
    again()
  }
  const role = useMutation({
    mutationFn: (u: User) => send('PUT', `/users/${u.uuid}/role`, { role: u.role === 'admin' ? 'viewer' : 'admin' }),
    onSuccess: () => toast.success('Role changed'),
    onError: (error) => toast.error(error.message),
    onSettled: again,
  })
  const remove = useMutation({
    mutationFn: (u: User) => send('DELETE', `/users/${u.uuid}`),
    onSuccess: () => toast.success('User removed'),
    onError: (error) => toast.error(error.message),
    onSettled: () => {
      setAsked(null)
      again()
    },
  })
  if (users.error && !users.data) return <Failed error={users.error} retry={() => void users.refetch()} left />
  if (!users.data) return <SkeletonRows count={3} />
  return (
    <div>
      <table className="plain users">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col" className="u-seen">
              Last login
            </th>
            <th scope="col" className="u-do">
              <span className="sr">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {users.data.map((u) => (
            <tr key={u.uuid}>
              <td>
                <b>{u.username}</b>
                {u.uuid === me.uuid && <span className="faint"> you</span>}
                {u.must_change_password && <span className="faint">, first login due</span>}
              </td>
              <td>{u.role}</td>
              <td className="dim u-seen">{u.last_login_at ? <Time at={u.last_login_at} /> : 'never'}</td>
              <td className="num u-do">
                {u.uuid !== me.uuid && (
                  <>
                    <button type="button" className="btn quiet" disabled={role.isPending} onClick={() => role.mutate(u)}>
                      Make {u.role === 'admin' ? 'viewer' : 'admin'}
                    </button>
                    <button type="button" className="btn quiet" onClick={() => setAsked({ what: 'reset', user: u })}>
                      New password
                    </button>
                    <button type="button" className="btn quiet danger" onClick={() => setAsked({ what: 'delete', user: u })}>
                      Remove
                    </button>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <button type="button" className="btn" style={{ marginTop: 12 }} onClick={() => setAsked({ what: 'add' })}>
        <Plus aria-hidden /> Add a user
      </button>
      <Dialog
        open={asked?.what === 'add'}
        onClose={() => setAsked(null)}
        title="Add a user"
        about="They choose their own password at the first login."
      >
        <UserForm onDone={done} />
      </Dialog>
      <Dialog
        open={asked?.what === 'reset'}
        onClose={() => setAsked(null)}
        title={`New password for ${asked?.what === 'reset' ? asked.user.username : ''}`}
        about="Ends their sessions. They must change it at the next login."
      >
        {asked?.what === 'reset' && <ResetForm user={asked.user} onDone={done} />}
      </Dialog>
      <Confirm
        open={asked?.what === 'delete'}
        onClose={() => setAsked(null)}
        title={`Remove ${asked?.what === 'delete' ? asked.user.username : ''}?`}
        about="Their sessions end at once."
        action="Remove"
        busy={remove.isPending}
        onConfirm={() => asked?.what === 'delete' && remove.mutate(asked.user)}
      />
    </div>
  )
}

function UserForm({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<'admin' | 'viewer'>('viewer')
  const add = useMutation({
    mutationFn: () => send('POST', '/users', { username: name, password, role }),
    onSuccess: () => {
      toast.success('User added')
      onDone()
    },
  })
  const badName = name !== '' && !usernameRule.safeParse(name).success ? 'letters, digits and _ . @ - only, at most 64' : undefined
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <FormError error={add.error} fields={['username', 'password']} />
      <Field
        label="User name"
        required
        autoFocus
        autoComplete="off"
        value={name}
        onChange={(e) => setName(e.target.value)}
        wrong={badName ?? wrongIn(add.error, 'username')}
      />
      <Field
        label="First password"
        type="text"
        className="input mono"
        required
        minLength={12}
        autoComplete="off"
        value={password}
        onChange={(e) => setPassword(e.target.value)}
        hint="At least 12 characters. Tell it to them; they change it."
        wrong={wrongIn(add.error, 'password')}
      />
      <span className="seg">
        {(['viewer', 'admin'] as const).map((r) => (
          <button key={r} type="button" aria-pressed={role === r} onClick={() => setRole(r)}>
            {r === 'viewer' ? 'Viewer, looks' : 'Admin, changes'}
          </button>
        ))}
      </span>
      <div className="actions">
        <button
          type="submit"
          className="btn primary"
          disabled={add.isPending || badName !== undefined || name === '' || password.length < 12}
        >
          Add
        </button>
      </div>
    </form>
  )
}

function ResetForm({ user, onDone }: { user: User; onDone: () => void }) {
  const [password, setPassword] = useState('')
  const reset = useMutation({
    mutationFn: () => send('PUT', `/users/${user.uuid}/reset-password`, { new_password: password }),
    onSuccess: () => {
      toast.success('Password set')
      onDone()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        reset.mutate()
      }}
    >
      <FormError error={reset.error} fields={['new_password']} />
      <Field
        label="New password"
        type="text"
        className="input mono"
        required
        minLength={12}
        autoFocus
        autoComplete="off"
        value={password}
        onChange={(e) => setPassword(e.target.value)}
        hint="At least 12 characters"
        wrong={wrongIn(reset.error, 'new_password')}
      />
      <div className="actions">
        <button type="submit" className="btn primary" disabled={reset.isPending || password.length < 12}>
          Set it
        </button>
      </div>
    </form>
  )
}
