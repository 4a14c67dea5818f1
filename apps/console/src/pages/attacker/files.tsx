import { Copy } from 'lucide-react'
import { Bytes } from '../../parts/bytes.tsx'
import { copy } from '../../parts/copy.ts'
import { SkeletonRows } from '../../parts/empty.tsx'
import { useArtifacts } from '../../queries.ts'
import { size } from '../../time/words.ts'

/** What it left: files and mails, by their hash. They are kept, never run. */
export function Files({ uuid, count }: { uuid: string; count: number }) {
  const files = useArtifacts(uuid)
  if (count === 0 && (files.data?.total ?? 0) === 0) return null
  return (
    <section className="section">
      <h2 className="h">Files left</h2>
      {!files.data ? (
        <SkeletonRows count={2} height={44} />
      ) : (
        <ul className="rows">
          {files.data.data.map((f) => (
            <li key={f.id} className="file">
              <span className="cut">
                {f.path === null ? (
                  <span className="dim">{f.kind === 'mail' ? 'A mail' : 'A file'}</span>
                ) : (
                  <Bytes text={f.path} most={80} />
                )}
              </span>
              <span className="faint nowrap">
                {size(f.size)}
                {f.truncated && ', cut'} · <span className="mono">{f.decky}</span>
              </span>
              <span className="mono faint cut" title={f.sha256}>
                sha256 {f.sha256}
              </span>
              <button type="button" className="btn quiet icon" aria-label="Copy sha256" onClick={() => copy(f.sha256)}>
                <Copy aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
