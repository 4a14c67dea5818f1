import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'

export function Dialog({
  open,
  onClose,
  title,
  about,
  wide = false,
  children,
}: {
  open: boolean
  onClose: () => void
  title: string
  about?: ReactNode
  wide?: boolean
  children: ReactNode
}) {
  return (
    <Base.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Popup className={wide ? 'dialog wide' : 'dialog'}>
          <Base.Title render={<h2>{title}</h2>} />
          {about && <Base.Description className="about" render={<div>{about}</div>} />}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** Asks once before something that cannot be taken back. */
export function Confirm({
  open,
  onClose,
  title,
  about,
  action,
  onConfirm,
  busy,
}: {
  open: boolean
  onClose: () => void
  title: string
  about: ReactNode
  action: string
  onConfirm: () => void
  busy: boolean
}) {
  return (
    <Dialog open={open} onClose={onClose} title={title} about={about}>
      <div className="actions">
        <button type="button" className="btn" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="btn danger" disabled={busy} onClick={onConfirm}>
          {action}
        </button>
      </div>
    </Dialog>
  )
}
