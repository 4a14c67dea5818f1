import type { ServiceField } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { services as known } from '@decnet/services'
import pc from 'picocolors'
import { serviceNamed, serviceSchemaOf } from '../fleet/service-schema.ts'
import { type CommandDefinition, commonOptions } from './command.ts'
import { print, printJson } from './output.ts'
import { printTable } from './table.ts'

/** What may stand there. */
function allowed({ type, enum: choices, min, max }: ServiceField): string {
  if (type === 'boolean') return 'true, false'
  if (choices) return choices.join(', ')
  const unit = type === 'string' ? ' characters' : type === 'list' ? ' members' : ''
  if (min !== undefined && max !== undefined) return `${min} to ${max}${unit}`
  if (min === undefined && max === undefined) return type
  return min === undefined ? `at most ${max}${unit}` : `at least ${min}${unit}`
}

function show(name: string, json: boolean): void {
  const schema = serviceSchemaOf(serviceNamed(name, 404))
  if (json) {
    printJson(schema)
    return
  }
  print(`${pc.bold(schema.name)}  ${schema.title}  ${schema.ports.map(({ port, transport }) => `${port}/${transport}`).join(' ')}\n`)
  printTable(
    ['Setting', 'What it is', 'Default', 'May be'],
    schema.fields.map((field) => [
      field.name,
      [field.title === field.name ? '' : field.title, field.description ?? ''].filter((text) => text !== '').join(': '),
      JSON.stringify(field.default),
      allowed(field),
    ]),
    'It has no settings.',
  )
}

export const services: CommandDefinition = {
  options: [commonOptions[1]],
  examples: ['decnet services', 'decnet services --json', 'decnet services show ssh', 'decnet services show redis --json'],
  async run({ args, options }) {
    const [action, name] = args
    if (action !== undefined && (action !== 'show' || name === undefined))
      throw new AppError('Say show and which service, or nothing.', { code: 'usage', hint: 'For example: decnet services show ssh' })
    if (name !== undefined) {
      show(name, options.json)
      return 0
    }
    const rows = known.map((service) => ({
      name: service.name,
      title: service.title,
      ports: service.ports.map(({ port, transport }) => `${port}/${transport}`),
      config: Object.keys(service.config.shape),
      events: service.emits.map((event) => event.type),
    }))
    if (options.json) printJson(rows)
    else
      printTable(
        ['Service', 'What it plays', 'Port', 'Settings'],
        rows.map((row) => [row.name, row.title, row.ports.join(' '), row.config.join(' ')]),
        'There are no services.',
      )
    return 0
  },
}
