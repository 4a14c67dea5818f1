import type { Decky } from '@decnet/contracts/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Shuffle } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { send } from '../../api.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/form.tsx'
import { deckyOf } from '../../queries.ts'
import { go, hrefTo } from '../../url.ts'

/** Changes a decky as a whole: now, by the mutator, or for good. */
export function Actions({ decky }: { decky: Decky }) {
  const client = useQueryClient()
  const [retiring, setRetiring] = useState(false)
  const close = () => {
    setRetiring(false)
    retire.reset()
  }
  const again = () => void client.invalidateQueries({ queryKey: ['deckies'] })
  const mutate = useMutation({
    mutationFn: () => send('POST', `${deckyOf(decky.name)}/mutate`),
    onSuccess: () => toast.success('Asked for; follow it under Operations'),
    onError: (error) => toast.error(error.message),
    onSettled: again,
  })
  const retire = useMutation({
    mutationFn: () => send('POST', '/deckies/teardown', { names: [decky.name] }),
    onSuccess: () => {
      toast.success(`${decky.name} is being retired`)
      go(hrefTo('/fleet'))
    },
    onSettled: again,
  })
  return (
    <span className="dk-actions">
      <button type="button" className="btn" disabled={mutate.isPending} onClick={() => mutate.mutate()}>
        <Shuffle aria-hidden /> Mutate now
      </button>
      <button type="button" className="btn danger" onClick={() => setRetiring(true)}>
        Retire
      </button>
      <Confirm
        open={retiring}
        onClose={close}
        title={`Retire ${decky.name}?`}
        about={
          <>
            <p>Whoever is connected to it is cut off, and its address is free again. What it captured stays.</p>
            <FormError error={retire.error} />
          </>
        }
        action="Retire it"
        busy={retire.isPending}
        onConfirm={() => retire.mutate()}
      />
    </span>
  )
}
