import {
  Activity,
  Fingerprint,
  FlaskConical,
  Grid3x3,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  Network,
  ScrollText,
  Settings2,
  SlidersHorizontal,
  UserSearch,
  Waypoints,
} from 'lucide-react'

export interface PageEntry {
  readonly path: string
  readonly title: string
  readonly icon: LucideIcon
  /** Second key of the `g` chord. */
  readonly chord: string
  readonly group: '' | 'Who' | 'What' | 'Where' | 'System'
}

/** Pages that exist, in the order of the rail. */
export const pages: readonly PageEntry[] = [
  { path: '/', title: 'Overview', icon: LayoutDashboard, chord: 'o', group: '' },
  { path: '/live', title: 'Live', icon: Activity, chord: 'l', group: '' },
  { path: '/attackers', title: 'Attackers', icon: Fingerprint, chord: 'a', group: 'Who' },
  { path: '/identities', title: 'Identities', icon: UserSearch, chord: 'i', group: 'Who' },
  { path: '/campaigns', title: 'Campaigns', icon: Waypoints, chord: 'p', group: 'Who' },
  { path: '/credentials', title: 'Credentials', icon: KeyRound, chord: 'c', group: 'What' },
  { path: '/attack', title: 'ATT&CK', icon: Grid3x3, chord: 't', group: 'What' },
  { path: '/rules', title: 'Rules', icon: ScrollText, chord: 'r', group: 'What' },
  { path: '/fleet', title: 'Fleet', icon: Network, chord: 'f', group: 'Where' },
  { path: '/lab', title: 'Lab', icon: FlaskConical, chord: 'b', group: 'System' },
  { path: '/workers', title: 'Workers', icon: Settings2, chord: 'w', group: 'System' },
  { path: '/settings', title: 'Settings', icon: SlidersHorizontal, chord: 's', group: 'System' },
]
export const isOn = (page: PageEntry, path: string) =>
  page.path === '/' ? path === '/' : path === page.path || path.startsWith(`${page.path}/`)
