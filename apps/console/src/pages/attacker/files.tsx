import { Copy, Download } from 'lucide-react'
import { urlOf } from '../../api.ts'
import { bytesOf, textOf } from '../../bytes/view.ts'
import { Bytes } from '../../parts/bytes.tsx'
import { copy } from '../../parts/copy.ts'
import { SkeletonRows } from '../../parts/empty.tsx'
import { useArtifacts, useMe } from '../../queries.ts'
import { size } from '../../time/words.ts'

/** What it left: files and mails, by their hash. They are kept, never run. */
export function Files({ uuid, count }: { uuid: string; count: number }) {
  const files = useArtifacts(uuid)
  const admin = useMe().data?.role === 'admin'
  if (count === 0 && (files.data?.total ?? 0) === 0) return null
  return (
    <section className="section">
      <h2 className="h">Files left</h2>
      {admin && <p className="faint small">Likely harmful. Downloaded as they are: open them only where they can do no damage.</p>}
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
                  <Bytes text={f.path_b64 === null ? f.path : textOf(bytesOf(f.path_b64))} most={80} />
                )}
              </span>
              <span className="faint nowrap">
                {size(f.size)}
                {f.truncated && ', cut'} · <span className="mono">{f.decky}</span>
              </span>
              <span className="mono faint cut" title={f.sha256}>
                sha256 {f.sha256}
              </span>
              <span className="file-do">
                <button
                  type="button"
                  className="btn quiet icon"
                  aria-label="Copy sha256"
                  title="Copy sha256"
                  onClick={() => copy(f.sha256)}
                >
                  <Copy aria-hidden />
                </button>
                {admin && (
                  <a
                    className="btn quiet icon"
                    href={urlOf(`/artifacts/${f.sha256}`)}
                    download={`${f.sha256}.bin`}
                    aria-label={`Download ${f.sha256.slice(0, 12)}, likely harmful`}
                    title="Download; likely harmful"
                  >
                    <Download aria-hidden />
                  </a>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
