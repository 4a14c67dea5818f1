import { Bytes } from '../../parts/bytes.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Time } from '../../parts/time.tsx'
import { useCommands } from '../../queries.ts'
import { plural } from '../../time/words.ts'
import { peekAt } from '../../url.ts'

/** What it ran, newest first, over all sessions. */
export function Commands({ uuid, count }: { uuid: string; count: number }) {
  const commands = useCommands(uuid, 12)
  if (count === 0 && commands.data?.total === 0) return null
  return (
    <section className="section">
      <h2 className="h">
        Commands
        <span className="faint">newest first</span>
        <span className="more faint">{plural(commands.data?.total ?? count, 'command')}</span>
      </h2>
      {commands.error && !commands.data ? (
        <Failed error={commands.error} retry={() => void commands.refetch()} left />
      ) : !commands.data ? (
        <SkeletonRows count={6} height={24} />
      ) : (
        <ul>
          {commands.data.data.map((c) => (
            <li key={c.id}>
              <button type="button" className="cmd-row" onClick={() => peekAt('event', String(c.seq))}>
                <span className="faint">
                  <Time at={c.timestamp} form="stamp" />
                </span>
                <span className="mono dim cut">{c.decky}</span>
                <span className="cut">
                  <Bytes text={c.command} most={140} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
