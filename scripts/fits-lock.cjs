'use strict'
const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')

/** `packages` of a lock file, or null where it cannot be read. */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null
  } catch {
    return null // not there, or cut off: as good as nothing installed
  }
}

/**
 * Whether `node_modules` below `root` holds what `package-lock.json` names, whoever installed it: npm's own list of what it put there
 * has each package in that version with that hash, and its folder is there. Optional ones may be missing: they are for other systems.
 */
function fitsLock(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  if (!wanted || !installed) return false
  return Object.entries(wanted).every(([path, { version, integrity, link, optional }]) => {
    if (!path.startsWith('node_modules/')) return true
    const found = installed[path]
    if (!found) return optional === true
    return found.version === version && found.integrity === integrity && found.link === link && existsSync(join(root, path))
  })
}

module.exports = { fitsLock }
