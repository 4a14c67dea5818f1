import type { Player } from 'asciinema-player'
import { Pause, Play } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { playhead } from '../time/words.ts'
import { ratioOf, shapeOf } from './cast.ts'
import { type CommandRow, ReplayCommands } from './replay-commands.tsx'
import './replay.css'

const speeds = [1, 2, 4, 8]

/** Longer pauses are cut to this many seconds while idle time is skipped. */
const idle = 1.5

/** A terminal recording. The player draws into a terminal of its own: nothing recorded reaches the page. */
export function Replay({ cast, commands, startedAt }: { cast: string; commands: readonly CommandRow[]; startedAt: number }) {
  const box = useRef<HTMLDivElement>(null)
  const player = useRef<Player | null>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [speed, setSpeed] = useState(1)
  const [skip, setSkip] = useState(true)
  const place = useRef(0)
  const wasPlaying = useRef(false)
  const shape = useMemo(() => shapeOf(cast, skip ? idle : null), [cast, skip])

  useEffect(() => {
    let gone = false
    const start = async () => {
      const [{ create }] = await Promise.all([import('asciinema-player'), import('asciinema-player/dist/bundle/asciinema-player.css')])
      if (gone || !box.current) return
      const made = create({ data: cast }, box.current, {
        fit: 'width',
        controls: false,
        speed,
        startAt: place.current,
        autoPlay: wasPlaying.current,
        preload: true,
        poster: `npt:${place.current > 0 ? place.current : shape.duration * 0.4}`,
        terminalFontFamily: '"JetBrains Mono Variable", monospace',
        theme: 'calm',
        cursorMode: 'steady',
        ...(skip ? { idleTimeLimit: idle } : {}),
      })
      made.addEventListener('playing', () => setPlaying(true))
      made.addEventListener('play', () => setPlaying(true))
      made.addEventListener('pause', () => setPlaying(false))
      made.addEventListener('ended', () => setPlaying(false))
      player.current = made
    }
    void start()
    return () => {
      gone = true
      player.current?.dispose()
      player.current = null
    }
  }, [cast, speed, skip, shape])

  useEffect(() => {
    wasPlaying.current = playing
    if (!playing) return
    const timer = setInterval(() => {
      place.current = player.current?.getCurrentTime() ?? place.current
      setAt(place.current)
    }, 100)
    return () => clearInterval(timer)
  }, [playing])

  const length = shape.duration
  const seek = (seconds: number) => {
    place.current = Math.max(0, Math.min(seconds, length))
    setAt(place.current)
    void player.current?.seek(place.current)
  }
  const toggle = () => void (playing ? player.current?.pause() : player.current?.play())
  return (
    <div className="replay">
      <div className="replay-screen" ref={box} style={{ aspectRatio: ratioOf(cast) }} />
      <div className="replay-bar">
        <button type="button" className="btn icon" onClick={toggle} aria-label={playing ? 'Pause' : 'Play'}>
          {playing ? <Pause aria-hidden /> : <Play aria-hidden />}
        </button>
        <span className="nowrap">
          {playhead(at)} <span className="faint">/ {playhead(length)}</span>
        </span>
        <span className="track">
          {shape.marks.map((m) => (
            <i key={m} style={{ left: `${m * 100}%` }} />
          ))}
          <input
            type="range"
            min={0}
            max={Math.max(length, 0.1)}
            step={0.1}
            value={at}
            aria-label="Position in the recording"
            onChange={(event) => seek(Number(event.target.value))}
          />
        </span>
        <button
          type="button"
          className="btn quiet"
          onClick={() => setSpeed(speeds[(speeds.indexOf(speed) + 1) % speeds.length] ?? 1)}
          aria-label={`${speed}×, the speed; change it`}
        >
          {speed}×
        </button>
        <button
          type="button"
          className="btn quiet"
          aria-pressed={skip}
          onClick={() => {
            place.current = 0
            setAt(0)
            setSkip(!skip)
          }}
        >
          {skip ? 'Idle skipped' : 'Real time'}
        </button>
      </div>
      <ReplayCommands commands={commands} placeOf={(ms) => shape.toPlayer(Math.max(0, ms - startedAt) / 1000)} at={at} onSeek={seek} />
    </div>
  )
}
