import type { Stats } from '@decnet/contracts/api'
import { Link } from 'wouter'
import { Prose } from '../../parts/bytes.tsx'
import { Empty, SkeletonRows } from '../../parts/empty.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { Time } from '../../parts/time.tsx'
import { hrefTo } from '../../url.ts'

type Story = Stats['stories'][number]

/** What happened, told in sentences; the newest first. */
export function Stories({ stats }: { stats: Stats | undefined }) {
  return (
    <section className="section">
      <h2 className="h">
        Stories
        <Link className="more link" href={hrefTo('/attackers')}>
          All attackers
        </Link>
      </h2>
      {!stats ? (
        <SkeletonRows count={5} height={58} />
      ) : stats.stories.length === 0 ? (
        <Empty title="No story yet" left>
          Somebody only has to do more than knock. Until then the events stand under{' '}
          <Link className="link" href={hrefTo('/live')}>
            Live
          </Link>
          .
        </Empty>
      ) : (
        <ul className="stories">
          {stats.stories.slice(0, 8).map((story) => (
            <li key={`${story.attacker_uuid} ${story.at}`}>
              <StoryRow story={story} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function StoryRow({ story }: { story: Story }) {
  const body = story.text.startsWith(story.ip) ? story.text.slice(story.ip.length) : ` ${story.text}`
  // The evidence of what it speaks of lies open beside the page.
  const evidence = story.technique === null ? {} : { peek: `technique:attacker/${story.attacker_uuid}/${story.technique}` }
  return (
    <Link className="story" href={hrefTo(`/attackers/${story.attacker_uuid}`, evidence)}>
      <SeverityBadge severity={story.severity} />
      <div className="story-text">
        <p>
          <b className="mono">{story.ip}</b>
          <Prose text={body} most={240} />
        </p>
        <p className="meta">
          {story.meta.map((m) => (
            <span key={m}>
              <Prose text={m} most={60} />
            </span>
          ))}
        </p>
      </div>
      <span className="t">
        <Time at={story.at} />
      </span>
    </Link>
  )
}
