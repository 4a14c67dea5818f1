import { type ReactNode, useEffect } from 'react'

/** The main region of a page. `fill`: the page scrolls inside itself. */
export function Page({ title, fill = false, children }: { title: string; fill?: boolean; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title.replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 60)} · DECNET`
  }, [title])
  return (
    <main id="main" className={fill ? 'page fill' : 'page'} tabIndex={-1}>
      {fill ? children : <div className="page-in">{children}</div>}
    </main>
  )
}
