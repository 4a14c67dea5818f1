import type { ReactNode } from 'react'
import { colourOf } from '../words/services.ts'
import { Bytes } from './bytes.tsx'
import { openValueMenu, type ValueOf } from './value-menu.tsx'

/** A value that answers to a click with the menu of what can be done with it. Chosen by attackers: shown as bytes. */
export function Value({
  of,
  chip = false,
  most = 80,
  children,
  label,
}: {
  of: ValueOf
  chip?: boolean
  most?: number
  children?: ReactNode
  label?: string
}) {
  return (
    <button
      type="button"
      className={chip ? 'value chip' : 'value'}
      aria-haspopup="menu"
      aria-label={label}
      onClick={(event) => {
        event.stopPropagation()
        openValueMenu(of, event.currentTarget)
      }}
    >
      {children ?? (
        <span className="cut">
          <Bytes text={of.text} most={most} />
        </span>
      )}
    </button>
  )
}

export function AttackerValue({ ip, uuid, strong = false }: { ip: string; uuid?: string | null | undefined; strong?: boolean }) {
  const peek = { kind: 'attacker' as const, id: uuid ?? ip }
  return (
    <Value of={{ text: ip, searchKey: 'attacker', peek, href: uuid ? `/attackers/${uuid}` : `/attackers/${encodeURIComponent(ip)}` }}>
      <span className={strong ? 'mono cut strong' : 'mono cut'} title={ip}>
        {ip}
      </span>
    </Value>
  )
}

export function DeckyValue({ name, chip = false }: { name: string; chip?: boolean }) {
  return (
    <Value of={{ text: name, searchKey: 'decky', peek: { kind: 'decky', id: name } }} chip={chip}>
      <span className="mono cut">{name}</span>
    </Value>
  )
}

export function ServiceValue({ name }: { name: string }) {
  return (
    <Value of={{ text: name, searchKey: 'service' }} chip>
      <i className="swatch" style={{ background: colourOf(name) }} />
      <span className="mono cut">{name}</span>
    </Value>
  )
}

/** Where something happened: decky and service in one chip. */
export function TargetChip({ decky, service }: { decky: string; service: string }) {
  return (
    <Value of={{ text: decky, searchKey: 'decky', peek: { kind: 'decky', id: decky } }} chip>
      <i className="swatch" style={{ background: colourOf(service) }} />
      <span className="mono cut">
        {decky} {service}
      </span>
    </Value>
  )
}

export function SecretValue({ text, sha256, most = 60 }: { text: string; sha256: string; most?: number }) {
  return <Value of={{ text, searchKey: 'secret_sha256', searchValue: sha256, peek: { kind: 'secret', id: sha256 } }} most={most} />
}
