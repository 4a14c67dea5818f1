import { useEffect, useState } from 'react'
import { duration } from '../../time/words.ts'

/** How long ago it was heard of, counting on by the second. `at`: when that was known, epoch milliseconds. */
export function Beat({ seconds, at }: { seconds: number | null; at: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  if (seconds === null) return <span className="faint">never</span>
  const ago = Math.floor(seconds + Math.max(0, now - at) / 1000)
  return <span className="nowrap">{ago < 1 ? 'just now' : `${duration(ago)} ago`}</span>
}
