export { openDoorbell } from './doorbell.ts'
export { dropPrivileges } from './privileges.ts'
export * from './protocol.ts'
export { openSpool } from './spool/open-spool.ts'
