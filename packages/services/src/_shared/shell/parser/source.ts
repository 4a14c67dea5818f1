import { SyntaxProblem } from './syntax-error.ts'

const DEPTH_MAX = 120

/** The text being parsed and where the parser stands in it. */
export class Source {
  text: string
  at = 0
  line: number
  depth = 0
  constructor(text: string, line = 1) {
    this.text = text
    this.line = line
  }
  get ended(): boolean {
    return this.at >= this.text.length
  }
  peek(ahead = 0): string {
    return this.text[this.at + ahead] ?? ''
  }
  looking(at: string): boolean {
    return this.text.startsWith(at, this.at)
  }
  take(): string {
    const char = this.text[this.at] ?? ''
    this.at++
    if (char === '\n') this.line++
    return char
  }
  skip(count: number): void {
    for (let i = 0; i < count; i++) this.take()
  }
  /** Blanks, comments and escaped line ends; not line ends. */
  blanks(): void {
    for (;;) {
      const char = this.peek()
      if (char === ' ' || char === '\t') this.at++
      else if (char === '\\' && this.peek(1) === '\n') this.skip(2)
      else if (char === '#') {
        while (!this.ended && this.peek() !== '\n') this.at++
      } else return
    }
  }
  deeper<T>(inner: () => T): T {
    if (this.depth >= DEPTH_MAX) throw new SyntaxProblem('memory exhausted', this.line)
    this.depth++
    try {
      return inner()
    } finally {
      this.depth--
    }
  }
}
