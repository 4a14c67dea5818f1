import { Dialog } from '../parts/dialog.tsx'
import './help.css'
import { pages } from './pages.ts'

const keys: readonly [string[], string][] = [
  [['/'], 'Search'],
  [['Ctrl', 'K'], 'Go anywhere, find anyone'],
  [['j', 'k'], 'Down and up in a list (arrows too)'],
  [['Enter'], 'Open the row'],
  [['←', '→'], 'From one host to the next (the fleet’s map)'],
  [['Space'], 'Pause and go on (Live)'],
  [['Esc'], 'Close the panel'],
  [['Ctrl', 'S'], 'Save the text (a rule’s editor)'],
  [['['], 'Narrow the rail'],
  [['?'], 'This help'],
]

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Keyboard"
      about="Drag over any chart to zoom the period. Click any value to filter, exclude, copy or follow it."
      wide
    >
      <div className="help">
        <dl>
          {keys.map(([parts, words]) => (
            <Row key={words} parts={parts} words={words} />
          ))}
        </dl>
        <dl>
          {pages.map((p) => (
            <Row key={p.path} parts={['g', p.chord]} words={p.title} />
          ))}
        </dl>
      </div>
      <div className="actions">
        <button type="button" className="btn" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  )
}

function Row({ parts, words }: { parts: readonly string[]; words: string }) {
  return (
    <div>
      <dt>
        {parts.map((part) => (
          <kbd key={part} className="kbd">
            {part}
          </kbd>
        ))}
      </dt>
      <dd>{words}</dd>
    </div>
  )
}
