import { AppError } from '@decnet/kernel'

/** An option as a whole number within bounds. @throws {AppError} `bad_number`. */
export function wholeNumber(given: unknown, name: string, low: number, high: number): number {
  const value = Number(given)
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new AppError(`${name} ${String(given)} is not a whole number from ${low} to ${high}.`, { code: 'bad_number' })
  }
  return value
}
