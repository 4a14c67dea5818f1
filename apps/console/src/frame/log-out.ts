import { send } from '../api.ts'

/** Ends the session; the page is loaded anew so that nothing of it stays in memory. */
export async function logOut(): Promise<void> {
  await send('POST', '/auth/logout').catch(() => null)
  window.location.assign('/')
}
