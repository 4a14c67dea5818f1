export * from './port.ts'
export * from './spool-file.ts'
