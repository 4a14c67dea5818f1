import { toast } from 'sonner'

/** Puts text on the clipboard, byte for byte, and says so. Without a secure context the older way is used. */
export function copy(text: string): void {
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
