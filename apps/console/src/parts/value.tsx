import type { TopCredentialRow } from '@decnet/contracts/api'
import { Ellipsis } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { Link } from 'wouter'
import { deckyPath, hrefTo } from '../url.ts'
import { isResponse, principalText, type SecretLike, secretKindName, secretText } from '../words/secret.ts'
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

/** An attacker's address as a link to its page, with the menu of every value beside it. */
export function AttackerLink({ ip, uuid }: { ip: string; uuid: string }) {
  const href = `/attackers/${uuid}`
  return (
    <span className="linked">
      <Link className="mono cut strong" href={hrefTo(href)} title={ip} onClick={(event) => event.stopPropagation()}>
        {ip}
      </Link>
      <button
        type="button"
        className="more-of"
        aria-haspopup="menu"
        aria-label={`More for ${ip}`}
        title="Filter, exclude, copy…"
        onClick={(event) => {
          event.stopPropagation()
          openValueMenu({ text: ip, searchKey: 'attacker', peek: { kind: 'attacker', id: uuid }, href }, event.currentTarget)
        }}
      >
        <Ellipsis aria-hidden />
      </button>
    </span>
  )
}

export function DeckyValue({ name, chip = false }: { name: string; chip?: boolean }) {
  return (
    <Value of={{ text: name, searchKey: 'decky', peek: { kind: 'decky', id: name }, href: deckyPath(name) }} chip={chip}>
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

/** What can be done with a secret: the log knows it by its bytes, the credentials by their hash. */
const secretValue = (text: string, { secret_sha256, secret_b64 }: { secret_sha256: string; secret_b64: string }): ValueOf => ({
  text,
  searchKey: 'secret_sha256',
  searchValue: secret_sha256,
  logTerm: { key: 'secret_b64', value: secret_b64 },
  peek: { kind: 'secret', id: secret_sha256 },
})

/** A row of the passwords, user names or pairs tried most. */
export function topValue(row: TopCredentialRow): ValueOf {
  const { secret_sha256, secret_b64, principal_b64 } = row
  const user = principal_b64 === undefined ? null : (principalText({ principal: null, principal_b64 }) ?? '')
  if (secret_sha256 === undefined || secret_b64 === undefined)
    return { text: user ?? row.value, searchKey: 'principal', searchValue: row.value }
  const secret = secretText({ secret_kind: 'plaintext', secret_b64 })
  return secretValue(user === null ? secret : `${user} : ${secret}`, { secret_sha256, secret_b64 })
}

/** A secret, byte for byte. The answer to a challenge is noise to a reader: it is named, its hex stands in the menu and the panel. */
export function SecretValue({ of: c, most = 60 }: { of: SecretLike & { readonly secret_sha256: string }; most?: number }) {
  const text = useMemo(() => secretText(c), [c])
  const of = secretValue(text, c)
  if (!isResponse(c.secret_kind)) return <Value of={of} most={most} />
  return (
    <Value of={of}>
      <span className="cut dim" title={text}>
        {secretKindName(c.secret_kind)}
      </span>
    </Value>
  )
}

/** A user name, byte for byte. */
export function PrincipalValue({ of: c, most = 60 }: { of: { principal: string | null; principal_b64: string | null }; most?: number }) {
  const text = principalText(c)
  if (text === null) return <span className="faint">none</span>
  return <Value of={{ text, searchKey: 'principal', searchValue: c.principal ?? text }} most={most} />
}
