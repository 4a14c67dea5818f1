import { own } from '@decnet/kernel'

/** A key as it was pressed: a name, or the characters to insert. */
export type Key = { readonly name: KeyName } | { readonly text: string }
export type KeyName =
  | 'enter'
  | 'backspace'
  | 'delete'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'home'
  | 'end'
  | 'tab'
  | 'interrupt'
  | 'endOfInput'
  | 'killLine'
  | 'killEnd'
  | 'killWord'
  | 'yank'
  | 'clear'
  | 'wordLeft'
  | 'wordRight'
  | 'transpose'
  | 'search'
  | 'pasteStart'
  | 'pasteEnd'
  | 'ignored'

const CONTROL: Readonly<Record<number, KeyName>> = {
  1: 'home',
  2: 'left',
  3: 'interrupt',
  4: 'endOfInput',
  5: 'end',
  6: 'right',
  8: 'backspace',
  9: 'tab',
  10: 'enter',
  11: 'killEnd',
  12: 'clear',
  13: 'enter',
  14: 'down',
  16: 'up',
  18: 'search',
  20: 'transpose',
  21: 'killLine',
  23: 'killWord',
  25: 'yank',
  127: 'backspace',
}
const SEQUENCES: Readonly<Record<string, KeyName>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  '[H': 'home',
  '[F': 'end',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[7~': 'home',
  '[8~': 'end',
  '[3~': 'delete',
  '[1;5C': 'wordRight',
  '[1;5D': 'wordLeft',
  '[200~': 'pasteStart',
  '[201~': 'pasteEnd',
  f: 'wordRight',
  b: 'wordLeft',
}
const ESCAPE = /^(?:\[[0-9;?]*[ -/]*[@-~]|O[A-Za-z]|[\s\S])/
const ESCAPE_MAX = 32

/** The first key of the bytes, and how many they were; null when more must come. */
export function nextKey(bytes: string): { readonly key: Key; readonly length: number } | null {
  const code = bytes.charCodeAt(0)
  if (bytes === '') return null
  if (code === 27) {
    const rest = bytes.slice(1, ESCAPE_MAX)
    const found = ESCAPE.exec(rest)?.[0]
    if (found === undefined || found === '[' || found === 'O')
      return bytes.length >= ESCAPE_MAX ? { key: { name: 'ignored' }, length: 1 } : null
    return { key: { name: own(SEQUENCES, found) ?? 'ignored' }, length: 1 + found.length }
  }
  const control = CONTROL[code]
  if (control !== undefined) return { key: { name: control }, length: 1 }
  if (code < 32) return { key: { name: 'ignored' }, length: 1 }
  const text = /^[^\x00-\x1f\x7f]+/.exec(bytes)?.[0] ?? bytes.slice(0, 1)
  return { key: { text }, length: text.length }
}
