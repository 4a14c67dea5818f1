import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'

/** Everything that is read from the environment; nothing else in this application reads it. */
export interface Environment {
  readonly home: string
  /** Given by the operator for the first start; then it need not be changed. */
  readonly adminPassword: string | undefined
  readonly bus: { readonly enabled: boolean; readonly type: string; readonly socket: string | undefined; readonly group: string }
  readonly logLevel: string
  /** Workers that the server runs itself; absent = all. */
  readonly workers: readonly string[] | undefined
  /** For child processes. */
  readonly passedOn: NodeJS.ProcessEnv
}

const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('true')
  .transform((value) => value === 'true' || value === '1')

const schema = z.object({
  DECNET_HOME: z.string().min(1).optional(),
  DECNET_ADMIN_PASSWORD: z.string().min(12, 'needs at least 12 characters').max(128, 'may have at most 128 characters').optional(),
  DECNET_BUS_ENABLED: flag,
  DECNET_BUS_TYPE: z.string().default('unix'),
  DECNET_BUS_SOCKET: z.string().min(1).optional(),
  DECNET_BUS_GROUP: z.string().min(1).default('decnet'),
  DECNET_WORKERS: z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .transform((names) => names.filter((name) => name !== '' && name !== 'none'))
    .optional(),
  DECNET_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})

/** @throws {AppError} `bad_environment`, naming the variable and what is wrong with it, never its value. */
export function readEnvironment(home?: string): Environment {
  const result = schema.safeParse(process.env)
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`).join('; ')
    throw new AppError(`The environment is not usable: ${wrong}.`, {
      code: 'bad_environment',
      hint: 'Correct the variable or unset it, then start again.',
    })
  }
  const env = result.data
  return {
    home: resolve(home ?? env.DECNET_HOME ?? join(homedir(), '.decnet')),
    adminPassword: env.DECNET_ADMIN_PASSWORD,
    bus: { enabled: env.DECNET_BUS_ENABLED, type: env.DECNET_BUS_TYPE, socket: env.DECNET_BUS_SOCKET, group: env.DECNET_BUS_GROUP },
    logLevel: env.DECNET_LOG_LEVEL,
    workers: env.DECNET_WORKERS?.includes('all') ? undefined : env.DECNET_WORKERS,
    passedOn: { ...process.env },
  }
}
