import { Dialog } from '@base-ui/react/dialog'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Fingerprint, KeyRound, LogOut, Moon, ScrollText, Search, Server, Sun, SunMoon, UserSearch, Waypoints } from 'lucide-react'
import { type ReactNode, useDeferredValue, useState } from 'react'
import { Bytes, Prose } from '../parts/bytes.tsx'
import { SeverityBadge } from '../parts/severity.tsx'
import { fetchAttackers, fetchCampaigns, fetchCredentials, fetchIdentities, useDeckies, useRules } from '../queries.ts'
import { parse } from '../search/grammar.ts'
import { setTheme } from '../theme.ts'
import { plural } from '../time/words.ts'
import { go, hrefTo, peekAt, setTerms } from '../url.ts'
import { principalText, secretText } from '../words/secret.ts'
import { logOut } from './log-out.ts'
import { pages } from './pages.ts'
import './palette.css'

const MOST_RULES = 5
/** While somebody types on, what was found stays, and whoever was chosen stays chosen, until the next answer is there. */
const STEADY = { placeholderData: keepPreviousData } as const

/** Pages, attackers, identities, campaigns, deckies, credentials, rules, actions: one box for all. */
export default function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [text, setText] = useState('')
  const words = useDeferredValue(text.trim())
  const deckies = useDeckies()
  const asked = words.length >= 2
  const rules = useRules(open && asked)
  const attackers = useQuery({
    queryKey: ['palette', 'attackers', words],
    enabled: asked,
    queryFn: ({ signal }) => fetchAttackers({ search: words, limit: 5 }, signal),
    ...STEADY,
  })
  const credentials = useQuery({
    queryKey: ['palette', 'credentials', words],
    enabled: asked,
    queryFn: ({ signal }) => fetchCredentials({ search: words, limit: 5 }, signal),
    ...STEADY,
  })
  const identities = useQuery({
    queryKey: ['palette', 'identities', words],
    enabled: asked,
    queryFn: ({ signal }) => fetchIdentities({ search: words, limit: 5 }, signal),
    ...STEADY,
  })
  const campaigns = useQuery({
    queryKey: ['palette', 'campaigns', words],
    enabled: asked,
    queryFn: ({ signal }) => fetchCampaigns({ search: words, limit: 5 }, signal),
    ...STEADY,
  })
  const does = (...names: string[]) => names.some((name) => name.toLowerCase().includes(words.toLowerCase()))
  const run = (action: () => void) => {
    onClose()
    setText('')
    action()
  }
  const item = (key: string, icon: ReactNode, label: ReactNode, action: () => void, hint?: ReactNode) => (
    <Command.Item key={key} value={key} className="menu-item" onSelect={() => run(action)}>
      {icon}
      <span className="cut">{label}</span>
      {hint && <span className="hint">{hint}</span>}
    </Command.Item>
  )
  const seenSecrets = new Set<string>()
  return (
    <Dialog.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="dialog palette" aria-label="Go anywhere">
          <Command shouldFilter={false} label="Go anywhere" loop>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="A page, an address, a code name, a decky, a password…"
              autoFocus
            />
            <Command.List>
              {words !== '' &&
                item('search', <Search aria-hidden />, <>Events with “{<Bytes text={words} most={40} />}”</>, () => setTerms(parse(words)))}
              <Group heading="Attackers">
                {(asked ? (attackers.data?.data ?? []) : []).map((a) =>
                  item(
                    `attacker ${a.uuid}`,
                    <Fingerprint aria-hidden />,
                    <span className="mono">{a.ip}</span>,
                    () => go(hrefTo(`/attackers/${a.uuid}`)),
                    <SeverityBadge severity={a.severity} />,
                  ),
                )}
              </Group>
              <Group heading="Identities">
                {(asked ? (identities.data?.data ?? []) : []).map((i) =>
                  item(
                    `identity ${i.uuid}`,
                    <UserSearch aria-hidden />,
                    i.code_name,
                    () => go(hrefTo(`/identities/${i.uuid}`)),
                    plural(i.address_count, 'address', 'addresses'),
                  ),
                )}
              </Group>
              <Group heading="Campaigns">
                {(asked ? (campaigns.data?.data ?? []) : []).map((c) =>
                  item(
                    `campaign ${c.uuid}`,
                    <Waypoints aria-hidden />,
                    c.code_name,
                    () => go(hrefTo(`/campaigns/${c.uuid}`)),
                    plural(c.identity_count, 'identity', 'identities'),
                  ),
                )}
              </Group>
              <Group heading="Credentials">
                {(asked ? (credentials.data?.data ?? []) : [])
                  .filter((c) => !seenSecrets.has(c.secret_sha256) && seenSecrets.add(c.secret_sha256))
                  .map((c) =>
                    item(
                      `secret ${c.secret_sha256}`,
                      <KeyRound aria-hidden />,
                      <Bytes text={`${principalText(c) ?? ''} : ${secretText(c)}`} most={50} />,
                      () => peekAt('secret', c.secret_sha256),
                    ),
                  )}
              </Group>
              <Group heading="Deckies">
                {(words === '' ? [] : (deckies.data ?? []).filter((d) => does(d.name, d.ip, d.hostname))).map((d) =>
                  item(
                    `decky ${d.name}`,
                    <Server aria-hidden />,
                    <span className="mono">{d.name}</span>,
                    () => peekAt('decky', d.name),
                    d.ip,
                  ),
                )}
              </Group>
              <Group heading="Rules">
                {(asked ? (rules.data?.data ?? []) : [])
                  .filter(({ id, title }) => does(id, title))
                  .slice(0, MOST_RULES)
                  .map(({ id, title }) =>
                    item(
                      `rule ${id}`,
                      <ScrollText aria-hidden />,
                      <Prose text={title} most={80} />,
                      () => go(hrefTo(`/rules/${encodeURIComponent(id)}`)),
                      id,
                    ),
                  )}
              </Group>
              <Group heading="Pages">
                {pages
                  .filter((p) => does(p.title))
                  .map((p) => item(`page ${p.path}`, <p.icon aria-hidden />, p.title, () => go(hrefTo(p.path)), `g ${p.chord}`))}
              </Group>
              <Group heading="Actions">
                {does('light theme') && item('light', <Sun aria-hidden />, 'Light theme', () => setTheme('light'))}
                {does('dark theme') && item('dark', <Moon aria-hidden />, 'Dark theme', () => setTheme('dark'))}
                {does('system theme') && item('system', <SunMoon aria-hidden />, 'Theme of the system', () => setTheme('system'))}
                {does('log out', 'sign out') && item('out', <LogOut aria-hidden />, 'Log out', () => void logOut())}
              </Group>
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Group({ heading, children }: { heading: string; children: ReactNode[] | ReactNode }) {
  const some = Array.isArray(children) ? children.flat().some(Boolean) : Boolean(children)
  return some ? <Command.Group heading={heading}>{children}</Command.Group> : null
}
