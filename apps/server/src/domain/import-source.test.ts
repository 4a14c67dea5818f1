import { expect, it } from 'vitest'
import { importSource, isImported } from './import-source.ts'

it('knows imports among the sources of the log, and takes no decky for one that is called so', () => {
  expect([importSource('cowrie-1'), 'import-late'].map(isImported)).toEqual([true, true])
  expect(['sensor', 'sniffer', 'import', 'imports-01', 'import-01.ssh', 'import-'].map(isImported)).toEqual(Array(6).fill(false))
})
