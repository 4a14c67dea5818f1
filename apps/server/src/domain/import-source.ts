/** What an import is called among the sources of the log: its clock and its silence are its own. `name`: letters, digits and hyphens. */
export const importSource = (name: string): string => `import-${name}`

const IMPORT = /^import-[a-z0-9-]+$/u

/** Whether a source of the log is something that was brought in: no sensor is alive behind it. Those of containers have a dot. */
export const isImported = (source: string): boolean => IMPORT.test(source)
