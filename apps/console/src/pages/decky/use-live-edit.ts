import { type Decky, lifecycle } from '@decnet/contracts/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { send } from '../../api.ts'
import { deckyOf } from '../../queries.ts'
import { isOpen } from '../../words/decky.ts'

export type Config = Readonly<Record<string, unknown>>
export type LiveEdit =
  | { readonly what: 'add'; readonly service: string; readonly config: Config }
  | { readonly what: 'remove'; readonly service: string }
  | { readonly what: 'save'; readonly service: string; readonly config: Config }
  | { readonly what: 'apply'; readonly service: string; readonly config: Config }

const done: Readonly<Record<LiveEdit['what'], (service: string) => string>> = {
  add: (service) => `${service} listens`,
  remove: (service) => `${service} is gone`,
  save: (service) => `Saved for the next start of ${service}`,
  apply: (service) => `${service} was started anew`,
}

/** Changes a decky while it runs. The server is waited for: what went wrong is said here. */
export function useLiveEdit(decky: Decky, onDone: () => void) {
  const client = useQueryClient()
  const at = `${deckyOf(decky.name)}/services`
  return useMutation({
    async mutationFn(edit: LiveEdit) {
      const one = `${at}/${encodeURIComponent(edit.service)}`
      const answer =
        edit.what === 'add'
          ? await send('POST', `${at}?wait=true`, { service: edit.service, config: edit.config })
          : edit.what === 'remove'
            ? await send('DELETE', `${one}?wait=true`)
            : edit.what === 'save'
              ? await send('PUT', `${one}/config`, { config: edit.config })
              : await send('POST', `${one}/apply?wait=true`, { config: edit.config })
      const operation = lifecycle.safeParse(answer)
      return operation.success ? operation.data.status : null
    },
    onSuccess: (status, { what, service }) => {
      toast.success(status !== null && isOpen({ status }) ? 'Under way; follow it under Operations' : done[what](service))
      onDone()
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['deckies'] }),
  })
}
