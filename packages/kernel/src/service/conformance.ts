export { examplePersona } from './example-persona.ts'
export * from './harness.ts'
