import type { TtpRules } from '@decnet/contracts/api'
import { FlaskConical, Plus, TriangleAlert } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { Page } from '../../frame/page.tsx'
import { Prose } from '../../parts/bytes.tsx'
import { DataTable } from '../../parts/data-table.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Facets } from '../../parts/facets.tsx'
import type { Paged } from '../../parts/use-paged.ts'
import { useMe, useRules } from '../../queries.ts'
import { figure, plural } from '../../time/words.ts'
import { go, hrefTo, setParams, setTerms, useUrl } from '../../url.ts'
import { kindWords } from '../../words/evidence-kind.ts'
import { asCatalogueRule, type CatalogueRule, maturityWords, originWords } from '../../words/rule.ts'
import { ruleColumns } from './columns.tsx'
import { findRules, type RuleKey, ruleFacet, ruleSorts, sortRules } from './find-rules.ts'
import { useRuleHits, useTechniqueFacts } from './use-rules.ts'

const NO_RULES: readonly CatalogueRule[] = []
const standings: Readonly<Record<string, string>> = {
  enabled: 'On',
  clipped: 'Clipped',
  disabled: 'Disabled',
  broken: 'Broken',
  deleted: 'Deleted',
  sandbox: 'Not run',
}
const facets: readonly { readonly key: RuleKey; readonly title: string; readonly show: (value: string) => string }[] = [
  { key: 'state', title: 'State', show: (value) => standings[value] ?? value },
  { key: 'tactic', title: 'Tactic', show: (value) => value.charAt(0).toUpperCase() + value.slice(1).replaceAll('-', ' ') },
  { key: 'kind', title: 'Looks at', show: (value) => kindWords(value).replace(/^[a-z]/u, (first) => first.toUpperCase()) },
  { key: 'origin', title: 'From', show: (value) => originWords[value as CatalogueRule['origin']] ?? value },
  { key: 'maturity', title: 'Maturity', show: (value) => maturityWords[value as CatalogueRule['maturity']] ?? value },
]

/** All rules: how each stands, how often it fired, how often it was right. */
export function Catalogue() {
  const { params, terms, range } = useUrl()
  const rules = useRules()
  const admin = useMe().data?.role === 'admin'
  const techniques = useTechniqueFacts()
  const hits = useRuleHits(range).data
  const all = useMemo(() => (rules.data ? [...rules.data.data, ...rules.data.deleted.map(asCatalogueRule)] : NO_RULES), [rules.data])
  const by = ruleSorts.find((sort) => sort === params.get('sort')) ?? 'hits'
  const order = params.get('order') === 'asc' ? 'asc' : 'desc'
  const shown = useMemo(() => sortRules(findRules(all, terms, techniques), by, order), [all, terms, techniques, by, order])
  const columns = useMemo(() => ruleColumns(techniques, (id) => hits?.get(id)), [techniques, hits])
  const source = useMemo(
    (): Paged<CatalogueRule> => ({
      total: rules.data ? shown.length : null,
      error: rules.data ? null : rules.error,
      loading: rules.isPending,
      row: (index) => shown[index],
      see: () => undefined,
      again: () => void rules.refetch(),
    }),
    [shown, rules.data, rules.error, rules.isPending, rules.refetch],
  )
  const fired = shown.filter(({ hits }) => hits.count > 0).length
  return (
    <Page title="Rules" fill>
      <div className="with-facets">
        <aside className="facets" aria-label="Filters">
          {facets.map(({ key, title, show }) => (
            <Facets
              key={key}
              title={title}
              searchKey={key}
              rows={rules.data && ruleFacet(all, terms, key, techniques)}
              terms={terms}
              show={show}
            />
          ))}
        </aside>
        <div className="rl-list">
          {rules.data && rules.data.broken.length > 0 && <Broken broken={rules.data.broken} />}
          <DataTable
            name="rules"
            caption={`${shown.length === 1 ? 'rule' : 'rules'}${fired > 0 ? `, ${figure(fired)} fired` : ''}`}
            rowHeight={44}
            columns={columns}
            source={source}
            keyOf={(rule) => rule.id}
            onOpen={(rule) => go(hrefTo(`/rules/${encodeURIComponent(rule.id)}`))}
            sorting={{ by, order, set: (sort, next) => setParams({ sort, order: next === 'asc' ? 'asc' : null }, true) }}
            toolbar={
              <>
                <h1 className="page-title">Rules</h1>
                <span className="rl-do">
                  <Link className="btn" href={hrefTo('/rules/bench')}>
                    <FlaskConical aria-hidden /> Test bench
                  </Link>
                  {admin && (
                    <Link className="btn hide-narrow" href={hrefTo('/rules/new')}>
                      <Plus aria-hidden /> New rule
                    </Link>
                  )}
                </span>
              </>
            }
            empty={<NoRules filtered={terms.length > 0} />}
          />
        </div>
      </div>
    </Page>
  )
}

/** Texts of one's own that are not in force, and why. */
function Broken({ broken }: { broken: TtpRules['broken'] }) {
  const [first] = broken
  return (
    <div className="notice rl-broken" role="status">
      <TriangleAlert aria-hidden />
      <div>
        <p>
          {broken.length === 1 ? 'A text of yours cannot' : `${plural(broken.length, 'text')} of yours cannot`} be taken up;{' '}
          {first?.id === null ? 'nothing else is touched by it.' : 'what was in force before still is.'}
        </p>
        <ul>
          {broken.slice(0, 3).map(({ path, line, column, message, id }) => (
            <li key={`${path} ${line} ${column}`}>
              <span className="mono">
                <Prose text={path} most={80} />:{line}:{column}
              </span>{' '}
              <Prose text={message} most={240} />{' '}
              {id !== null && (
                <Link className="link" href={hrefTo(`/rules/${encodeURIComponent(id)}`)}>
                  {id}
                </Link>
              )}
            </li>
          ))}
        </ul>
        {broken.length > 3 && <p className="faint">and {figure(broken.length - 3)} more</p>}
      </div>
    </div>
  )
}

function NoRules({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty
      title="No rule fits"
      actions={
        <button type="button" className="btn" onClick={() => setTerms([])}>
          Clear the search
        </button>
      }
    >
      Bare words look into ids, titles and techniques. There are also <code className="mono">tactic:</code>,{' '}
      <code className="mono">technique:T1059</code>, <code className="mono">kind:</code>, <code className="mono">state:</code>,{' '}
      <code className="mono">origin:</code> and <code className="mono">maturity:</code>.
    </Empty>
  ) : (
    <Empty title="There are no rules">Nothing is recognised without them; the server’s log says why it found none.</Empty>
  )
}
