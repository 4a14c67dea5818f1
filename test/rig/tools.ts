import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'

const found = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0

export interface Needs {
  /** Executables, with the Debian package that brings each. */
  readonly tools?: Readonly<Record<string, string>>
  readonly root?: boolean
}

/**
 * A suite that needs more than Node. What is missing skips it by name, with the line that enables it; with CI=true a skip is a failure.
 */
export function describeWith(needs: Needs, name: string, suite: () => void): void {
  const missing = Object.entries(needs.tools ?? {}).filter(([tool]) => !found(tool))
  const packages = [...new Set(missing.map(([, debian]) => debian))]
  const reasons = [
    ...(packages.length > 0 ? [`apt-get install ${packages.join(' ')}`] : []),
    ...(needs.root && process.getuid?.() !== 0 ? ['run as root'] : []),
  ]
  if (reasons.length === 0) describe(name, suite)
  else describe.skip(`${name} [to enable: ${reasons.join('; ')}]`, suite)
}
