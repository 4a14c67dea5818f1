import { type Problem, problem } from '@decnet/contracts/api'

/** The API said no, or nothing. `status` 0: no answer at all. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem | null
  constructor(status: number, message: string, detail: Problem | null) {
    super(message)
    this.status = status
    this.problem = detail
  }
  get code(): string {
    return this.problem?.code ?? ''
  }
  /** What was wrong with one field of a form. */
  field(name: string): string | undefined {
    return this.problem?.errors?.find((e) => e.field === name || e.field.endsWith(`.${name}`))?.message
  }
}

/** What of a schema is used here. */
interface Schema<T> {
  safeParse(
    data: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } }
}

export type Params = Readonly<Record<string, string | number | boolean | null | undefined>>
const base = '/api/v1'

export function urlOf(path: string, params: Params = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params))
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value))
  const text = query.toString()
  return `${base}${path}${text === '' ? '' : `?${text}`}`
}

async function ask(method: string, url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(url, {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(0, 'The server does not answer. Is it running?', null)
  }
  if (answer.ok) return answer
  const said = problem.safeParse(await answer.json().catch(() => null))
  const detail = said.success ? said.data : null
  throw new ApiError(answer.status, detail?.detail ?? detail?.title ?? `The server answered ${answer.status}.`, detail)
}

/** @throws {ApiError} also when the answer has another shape than the contract. */
export async function get<T>(schema: Schema<T>, path: string, params?: Params, signal?: AbortSignal): Promise<T> {
  const answer = await ask('GET', urlOf(path, params), undefined, signal)
  const read = schema.safeParse(await answer.json())
  if (read.success) return read.data
  const first = read.error.issues[0]
  throw new ApiError(
    200,
    `The server answered something unexpected (${path}: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}).`,
    null,
  )
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return await (await ask('GET', urlOf(path), undefined, signal)).text()
}

/** POST, PUT, DELETE; the body of the answer, or `null` where there is none. */
export async function send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
  const answer = await ask(method, urlOf(path), body)
  return answer.status === 204 ? null : await answer.json().catch(() => null)
}
