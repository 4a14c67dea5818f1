import { toast } from 'sonner'
import { writable } from '../bytes/view.ts'

/** Puts text on the clipboard and says so; a byte that is not UTF-8 goes as `\xNN`. Without a secure context the older way is used. */
export function copy(exact: string): void {
  const text = writable(exact)
  const done = () => toast.success('Copied')
  const old = () => {
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    area.style.opacity = '0'
    document.body.append(area)
    area.select()
    const worked = document.execCommand('copy')
    area.remove()
    if (worked) done()
    else toast.error('The browser does not allow copying here.')
  }
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, old)
  else old()
}
