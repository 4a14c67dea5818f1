import {
  Archive,
  Cctv,
  Cpu,
  Database,
  FolderOpen,
  Gauge,
  GitBranch,
  Globe,
  type LucideIcon,
  Mail,
  Monitor,
  Printer,
  Router,
  Server,
  ServerCog,
} from 'lucide-react'

const icons: readonly (readonly [part: string, icon: LucideIcon])[] = [
  ['web', Globe],
  ['database', Database],
  ['mail', Mail],
  ['file', FolderOpen],
  ['backup', Archive],
  ['monitor', Gauge],
  ['devops', GitBranch],
  ['gateway', Router],
  ['router', Router],
  ['switch', Router],
  ['print', Printer],
  ['camera', Cctv],
  ['iot', Cpu],
  ['plc', Cpu],
  ['industrial', Cpu],
  ['workstation', Monitor],
  ['desktop', Monitor],
  ['windows', ServerCog],
  ['domain', ServerCog],
]

/** The picture that a kind of host goes by, the same everywhere. */
export const kindIcon = (archetype: string): LucideIcon => icons.find(([part]) => archetype.includes(part))?.[1] ?? Server
