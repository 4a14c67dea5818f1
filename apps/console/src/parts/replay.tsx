import type { Player } from 'asciinema-player'
import { Pause, Play } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { playhead } from '../time/words.ts'
import { ratioOf, seekTo, shapeOf, whole, withoutTurns } from './cast.ts'
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
  // Until somebody plays or seeks, the screen shows a frame from further on, and says so.
  const [preview, setPreview] = useState(true)
  const [speed, setSpeed] = useState(1)
  const [skip, setSkip] = useState(true)
  const place = useRef(0)
  const previewing = useRef(true)
  const wasPlaying = useRef(false)
  const settle = (untouched: boolean) => {
    previewing.current = untouched
    setPreview(untouched)
  }
  const shape = useMemo(() => shapeOf(cast, skip ? idle : null), [cast, skip])

  useEffect(() => {
    let gone = false
    const start = async () => {
      const [{ create }] = await Promise.all([import('asciinema-player'), import('asciinema-player/dist/bundle/asciinema-player.css')])
      if (gone || !box.current) return
      // A frame is drawn up to, not including, its moment.
      const still = (previewing.current ? shape.poster : place.current) + 0.000_1
      const made = create({ data: withoutTurns(cast) }, box.current, {
        fit: 'width',
        controls: false,
        speed,
        startAt: place.current,
        autoPlay: wasPlaying.current,
        preload: true,
        poster: `npt:${still.toFixed(6)}`,
        terminalFontFamily: '"JetBrains Mono Variable", monospace',
        theme: 'calm',
        cursorMode: 'steady',
        ...(skip ? { idleTimeLimit: idle } : {}),
      })
      made.addEventListener('playing', () => setPlaying(true))
      made.addEventListener('play', () => setPlaying(true))
      made.addEventListener('pause', () => setPlaying(false))
      made.addEventListener('ended', () => {
        setPlaying(false)
        place.current = shape.duration
        setAt(shape.duration)
      })
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
      // Whoever seeks while it plays may be answered with a moment just behind the end.
      place.current = Math.min(whole(player.current?.getCurrentTime() ?? place.current), shape.duration)
      setAt(place.current)
    }, 100)
    return () => clearInterval(timer)
  }, [playing, shape])

  const length = shape.duration
  const seek = (seconds: number) => {
    place.current = whole(Math.max(0, Math.min(seconds, length)))
    settle(false)
    setAt(place.current)
    void player.current?.seek(seekTo(place.current, length))
  }
  const toggle = async () => {
    if (playing) return player.current?.pause()
    settle(false)
    if (length > 0 && at >= length) await player.current?.seek(0)
    await player.current?.play()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { Home: 0, End: length }[event.key]
    if (to === undefined) return
    event.preventDefault()
    seek(to)
  }
  return (
    <div className="replay">
      <div className="replay-stage">
        <div className="replay-screen" ref={box} style={{ aspectRatio: ratioOf(cast) }} />
        {preview && !playing && length > 0 && (
          // The button below says the same to who cannot see: this one is only larger, and covers nothing.
          <button
            type="button"
            className="replay-over"
            title="Play from the start"
            aria-hidden
            tabIndex={-1}
            onClick={() => void toggle()}
          />
        )}
      </div>
      <div className="replay-bar">
        <button type="button" className="btn icon" onClick={() => void toggle()} aria-label={playing ? 'Pause' : 'Play'}>
          {playing ? <Pause aria-hidden /> : <Play aria-hidden />}
        </button>
        <span className="nowrap">
          {preview && !playing && length > 0 ? `Still from ${playhead(shape.poster, length)}` : playhead(at, length)}{' '}
          <span className="faint">/ {playhead(length)}</span>
        </span>
        <span className="track">
          {shape.marks.map((m) => (
            <i key={m} style={{ left: `${m * 100}%` }} />
          ))}
          <input
            type="range"
            min={0}
            max={length}
            step="any"
            value={at}
            aria-valuetext={`${playhead(at, length)} of ${playhead(length)}`}
            aria-label="Position in the recording"
            onKeyDown={onKeyDown}
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
            settle(true)
            setSkip(!skip)
          }}
        >
          {skip ? 'Idle skipped' : 'Real time'}
        </button>
      </div>
      <ReplayCommands
        commands={commands}
        placeOf={(ms) => shape.toPlayer(Math.max(0, ms - startedAt) / 1000)}
        at={at}
        length={length}
        onSeek={seek}
      />
    </div>
  )
}
