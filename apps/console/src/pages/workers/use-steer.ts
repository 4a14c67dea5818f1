import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { send } from '../../api.ts'

/** What an operator asks of workers. What is asked is written down; the rows tell when it is so. */
export function useSteer() {
  const client = useQueryClient()
  const onError = (error: Error) => void toast.error(error.message)
  const onSettled = () => client.invalidateQueries({ queryKey: ['workers'] })
  const act = useMutation({
    mutationFn: ({ name, action }: { name: string; action: 'stop' | 'start' }) =>
      send('POST', `/workers/${encodeURIComponent(name)}/${action}`),
    onError,
    onSettled,
  })
  const startAll = useMutation({ mutationFn: () => send('POST', '/workers/start-all'), onError, onSettled })
  return { act, startAll }
}
