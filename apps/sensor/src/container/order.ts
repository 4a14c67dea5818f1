import { readFileSync } from 'node:fs'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import { deckyPlan } from '../protocol.ts'

/** What a container is told at its start: the host that it belongs to, and which of its services it is. */
export const containerOrder = z.object({ plan: deckyPlan, service: z.string().min(1) })
export type ContainerOrder = z.infer<typeof containerOrder>

/** @throws {AppError} `order` when there is no such file, or when it is none. */
export function readOrder(file: string): ContainerOrder {
  try {
    return containerOrder.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new AppError(`${file} does not say what to serve.`, { code: 'order', cause })
  }
}
