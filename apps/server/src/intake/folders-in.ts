import { readdir } from 'node:fs/promises'
import { isNodeError } from '@decnet/kernel'

/** Names of the folders in a folder, links left out, that look as they should; none where it is not there. */
export async function foldersIn(folder: string, name: RegExp): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && name.test(entry.name)).map((entry) => entry.name)
  } catch (error) {
    if (isNodeError(error) && error.code === 'ENOENT') return []
    throw error
  }
}
