import { Bench } from './rules/bench.tsx'
import { Catalogue } from './rules/catalogue.tsx'
import { EditRule } from './rules/edit-rule.tsx'
import { RulePage } from './rules/rule-page.tsx'
import './attackers.css'
import './rules/editing.css'
import './rules/rules.css'

/** What stands behind `/rules/`: the catalogue, the bench, one rule, its text, or a new one. */
export default function Rules({ rest }: { rest: string }) {
  const [id = '', what] = rest.split('/')
  if (id === '') return <Catalogue />
  if (id === 'bench') return <Bench />
  if (id === 'new') return <EditRule key="new" id={null} />
  return what === 'edit' ? <EditRule key={id} id={id} /> : <RulePage key={id} id={id} />
}
