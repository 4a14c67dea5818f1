import type { CommandKind } from '@decnet/contracts/api'
import { exactly } from '../../bytes/view.ts'
import { Bytes } from '../../parts/bytes.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Time } from '../../parts/time.tsx'
import { useCommands } from '../../queries.ts'
import { plural } from '../../time/words.ts'
import { peekAt } from '../../url.ts'

/** What it ran, newest first, over all sessions; `count`: how many there should be. */
export const Commands = ({ uuid, count }: { uuid: string; count: number }) => <Lines uuid={uuid} kind="command" count={count} />

/** The verbs of a protocol that it sent: FTP, SMTP, sftp. */
export const Requests = ({ uuid }: { uuid: string }) => <Lines uuid={uuid} kind="request" count={0} />

const titles = { command: 'Commands', request: 'Requests' }
const notes = { command: 'newest first', request: 'verbs of a protocol, newest first' }

function Lines({ uuid, kind, count }: { uuid: string; kind: CommandKind; count: number }) {
  const commands = useCommands(uuid, 12, kind)
  if (count === 0 && !(commands.data && commands.data.total > 0)) return null
  return (
    <section className="section">
      <h2 className="h">
        {titles[kind]}
        <span className="faint">{notes[kind]}</span>
        <span className="more faint">{plural(commands.data?.total ?? count, kind)}</span>
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
                  <Bytes text={exactly(c)} most={140} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
