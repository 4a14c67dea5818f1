import { setTimeout as pause } from 'node:timers/promises'
import { type Asking, getLease, type Lease, renewLease } from './lease.ts'

export interface Keeping extends Omit<Asking, 'card'> {
  /** A card for as long as is asked; it is closed each time. */
  readonly open: () => Asking['card']
  /** Null: the address may not be used any more. */
  readonly changed: (lease: Lease | null) => void
}

/** How long each question waits, and the shortest pause between two (RFC 2131, 4.4.5), milliseconds. */
const ANSWER_MS = 4_000
const PAUSE_MS = 60_000
/** Between two searches for a new address while no server is there. */
const SEARCH_MS = 30_000
/** Timers take no more. */
const LONGEST_MS = 2 ** 31 - 1

/** Keeps an address for as long as a server lets us, and gets another when it does not; ends when the signal says so. */
export async function keepLease(first: Lease, { open, changed, ...asking }: Keeping): Promise<never> {
  const { signal } = asking
  const until = async (time: number) => {
    for (let left = time - Date.now(); left > 0; left = time - Date.now())
      await pause(Math.min(left, LONGEST_MS), undefined, { signal, ref: false })
  }
  const withCard = async <T>(act: (card: Asking['card']) => Promise<T>): Promise<T> => {
    const card = open()
    try {
      return await act(card)
    } finally {
      card.close()
    }
  }

  async function prolong(lease: Lease): Promise<Lease | null> {
    for (;;) {
      const at = Date.now() - lease.since
      if (at >= lease.lostMs) return null
      const rebind = at >= lease.rebindMs
      const end = lease.since + (rebind ? lease.lostMs : lease.rebindMs)
      const answer = await withCard((card) => renewLease({ ...asking, card }, lease, rebind, Math.min(ANSWER_MS, end - Date.now())))
      if (answer === 'refused') return null
      if (answer !== null) return answer
      await until(Math.min(end, Date.now() + Math.max((end - Date.now()) / 2, PAUSE_MS)))
    }
  }
  async function search(): Promise<Lease> {
    for (;;) {
      try {
        return await withCard((card) => getLease({ ...asking, card }))
      } catch (error) {
        signal.throwIfAborted()
        // Silence and refusal pass; whoever looks at the host sees that it has no address.
        await until(Date.now() + SEARCH_MS)
        void error
      }
    }
  }

  for (let lease = first; ; changed(lease)) {
    await until(lease.since + lease.renewMs)
    const longer = await prolong(lease)
    if (longer === null) changed(null)
    lease = longer ?? (await search())
  }
}
