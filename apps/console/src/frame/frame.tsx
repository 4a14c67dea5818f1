import { HelpCircle, SearchCode } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react'
import { Toaster } from 'sonner'
import { ValueMenu } from '../parts/value-menu.tsx'
import { useFirstSeen } from '../queries.ts'
import { useTheme } from '../theme.ts'
import { usual } from '../time/usual.ts'
import { usePeek } from '../url.ts'
import { ConnectionState } from './connection.tsx'
import { Help } from './help.tsx'
import { QueryBox } from './query-box.tsx'
import { Rail } from './rail.tsx'
import { RangePicker } from './range-picker.tsx'
import { useHotkeys } from './use-hotkeys.ts'

const Palette = lazy(() => import('./palette.tsx'))
const PeekPanel = lazy(() => import('./peek.tsx'))

/** Rail, top bar, page, and what floats above them. */
export function Frame({ children }: { children: ReactNode }) {
  const [narrow, setNarrow] = useState(() => localStorage.getItem('rail') === 'narrow')
  const [help, setHelp] = useState(false)
  const [palette, setPalette] = useState<boolean | null>(null)
  const theme = useTheme()
  const { peek, close } = usePeek()
  const actions = useMemo(
    () => ({
      palette: () => setPalette((open) => !open),
      help: () => setHelp(true),
      rail: () =>
        setNarrow((now) => {
          localStorage.setItem('rail', now ? 'wide' : 'narrow')
          return !now
        }),
    }),
    [],
  )
  useHotkeys(actions)
  const first = useFirstSeen()
  useEffect(() => {
    if (first.data !== undefined) usual.learn(first.data, first.dataUpdatedAt, window.location.pathname === '/live')
  }, [first.data, first.dataUpdatedAt])
  return (
    <div className="app" data-rail={narrow ? 'narrow' : 'wide'}>
      <a className="btn skip" href="#main">
        Skip to the page
      </a>
      <Rail narrow={narrow} onToggle={actions.rail} />
      <header className="top">
        <QueryBox />
        <span className="spacer hide-phone" />
        <RangePicker />
        <ConnectionState />
        <button
          type="button"
          className="btn quiet icon hide-phone"
          onClick={actions.palette}
          aria-label="Go anywhere (Ctrl K)"
          title="Go anywhere · Ctrl K"
        >
          <SearchCode aria-hidden />
        </button>
        <button type="button" className="btn quiet icon hide-phone" onClick={actions.help} aria-label="Keyboard help" title="Keyboard · ?">
          <HelpCircle aria-hidden />
        </button>
      </header>
      <div className="body">
        {children}
        {peek && (
          <Suspense fallback={<aside className="peek" aria-busy="true" />}>
            <PeekPanel peek={peek} onClose={close} />
          </Suspense>
        )}
      </div>
      <ValueMenu />
      <Help open={help} onClose={() => setHelp(false)} />
      {palette !== null && (
        <Suspense>
          <Palette open={palette} onClose={() => setPalette(false)} />
        </Suspense>
      )}
      <Toaster theme={theme} position="bottom-right" closeButton={false} duration={2600} toastOptions={{ className: 'toast' }} />
    </div>
  )
}
