import type { Decky } from '@decnet/contracts/api'
import { Plus, SlidersHorizontal, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { CommandLine } from '../../parts/command-line.tsx'
import { Confirm } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/form.tsx'
import { attackLine, colourOf } from '../../words/services.ts'
import { AddService } from './add-service.tsx'
import { ConfigureService } from './configure-service.tsx'
import { useLiveEdit } from './use-live-edit.ts'

type Asked = { readonly what: 'add' } | { readonly what: 'configure' | 'remove'; readonly service: string } | null

/** What listens on a decky, with a line that attacks it; services come, go and are configured while the others go on. */
export function Services({ decky: d, admin }: { decky: Decky; admin: boolean }) {
  const [asked, setAsked] = useState<Asked>(null)
  const close = () => {
    setAsked(null)
    remove.reset()
  }
  const remove = useLiveEdit(d, () => setAsked(null))
  const users = d.logins.map(({ user }) => user)
  return (
    <section className="section">
      <h2 className="h">
        Services <span className="faint">{d.services.length}</span>
        {admin && (
          <button type="button" className="more link dk-add" onClick={() => setAsked({ what: 'add' })}>
            <Plus aria-hidden /> add one
          </button>
        )}
      </h2>
      <ul className="dk-services">
        {d.services.map((s) => {
          const line = s.state === 'listening' ? attackLine(s, users) : null
          return (
            <li key={`${s.name} ${s.port}`} data-state={s.state}>
              <span className="dk-svc cut">
                <i className="swatch" style={{ background: colourOf(s.name) }} />
                <b>{s.name}</b> <span className="mono faint">{s.port}</span>
                <span className="small faint cut dk-title">{s.title}</span>
              </span>
              <span className="dk-line">
                {s.state !== 'listening' ? <span className="wrong">{s.detail ?? s.state}</span> : line && <CommandLine line={line} />}
              </span>
              {admin && (
                <span className="dk-do">
                  <button
                    type="button"
                    className="btn quiet icon"
                    aria-label={`Configure ${s.name}`}
                    title="Configure"
                    onClick={() => setAsked({ what: 'configure', service: s.name })}
                  >
                    <SlidersHorizontal aria-hidden />
                  </button>
                  <button
                    type="button"
                    className="btn quiet icon"
                    aria-label={`Remove ${s.name}`}
                    title={d.services.length === 1 ? 'A decky keeps one service at least' : 'Remove'}
                    disabled={d.services.length === 1}
                    onClick={() => setAsked({ what: 'remove', service: s.name })}
                  >
                    <Trash2 aria-hidden />
                  </button>
                </span>
              )}
            </li>
          )
        })}
      </ul>
      {asked?.what === 'add' && <AddService decky={d} onClose={close} />}
      {asked?.what === 'configure' && <ConfigureService decky={d} service={asked.service} onClose={close} />}
      {asked?.what === 'remove' && (
        <Confirm
          open
          onClose={close}
          title={`Remove ${asked.service} from ${d.name}?`}
          about={
            <>
              <p>Whoever is connected to it is cut off; the other services do not notice. What it captured stays.</p>
              <FormError error={remove.error} />
            </>
          }
          action="Remove it"
          busy={remove.isPending}
          onConfirm={() => remove.mutate({ what: 'remove', service: asked.service })}
        />
      )}
    </section>
  )
}
