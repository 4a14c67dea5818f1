import type { Reporter, TestModule } from 'vitest/node'

/** Prints `N passed, N failed, N skipped` alone on the last line, for programs that count; and, for people, what was skipped and what would enable it. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    const skipped = new Set<string>()
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1
      // A suite whose preparation failed runs none of its tests: they count as skipped, the suite as failed.
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'pending') continue
        counts[state] += 1
        if (state === 'skipped') skipped.add(test.parent.type === 'suite' ? test.parent.fullName : module.relativeModuleId)
      }
    }
    const lines = [...skipped].map((name) => `skipped: ${name}`)
    if (process.env.CI === 'true' && counts.skipped > 0) {
      lines.push('CI=true: a skipped test is a failure')
      process.exitCode = 1
    }
    process.stdout.write(`${[...lines, `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`].join('\n')}\n`)
  }
}
