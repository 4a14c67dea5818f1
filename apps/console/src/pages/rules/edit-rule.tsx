import type { TtpRuleDetail } from '@decnet/contracts/api'
import { ApiError } from '../../api.ts'
import { Page } from '../../frame/page.tsx'
import { Code } from '../../parts/code/code-lines.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { useMe } from '../../queries.ts'
import { Editor } from './editor.tsx'
import { NEW_RULE } from './new-rule.ts'
import { RuleNav } from './rule-page.tsx'
import { useRule } from './use-rules.ts'

/** The text of a rule in an editor; of `null` that of a new one. Whoever may not change it reads it. */
export function EditRule({ id }: { id: string | null }) {
  const me = useMe()
  const rule = useRule(id)
  const admin = me.data?.role === 'admin'
  const title = id === null ? 'A new rule' : (rule.data?.title ?? id)
  return (
    <Page title={title} fill>
      <div className="pad rl-edit">
        {id !== null && !rule.data ? (
          <>
            <RuleNav />
            <h1 className="sr">{title}</h1>
            {rule.error ? (
              <Failed error={missing(rule.error)} retry={() => void rule.refetch()} />
            ) : (
              <SkeletonRows count={14} height={26} />
            )}
          </>
        ) : !me.data ? (
          <SkeletonRows count={14} height={26} />
        ) : admin ? (
          <Editor id={id} rule={rule.data ?? null} begin={rule.data?.yaml ?? NEW_RULE} />
        ) : (
          <ReadOnly rule={rule.data ?? null} />
        )}
      </div>
    </Page>
  )
}

const missing = (error: unknown) =>
  error instanceof ApiError && error.status === 404 ? new Error('There is no such rule; it may have been taken back.') : error

function ReadOnly({ rule }: { rule: TtpRuleDetail | null }) {
  return (
    <>
      <RuleNav />
      <h1 className="page-title">{rule?.title ?? 'A new rule'}</h1>
      <p className="sub">Rules are written by admins; you may read them.</p>
      {rule && <Code text={rule.yaml} label={`Text of ${rule.id}`} />}
    </>
  )
}
