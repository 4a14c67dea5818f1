/** What a chmod mode makes of `before`; null when it is no mode. */
export function applyMode(mode: string, before: number, directory: boolean, umask: number): number | null {
  if (/^[0-7]{1,5}$/.test(mode)) return Number.parseInt(mode, 8) & 0o7777
  let result = before
  for (const clause of mode.split(',')) {
    const found = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause)
    if (found === null) return null
    const [, who = '', actions = ''] = found
    for (const action of actions.match(/[-+=][rwxXstugo]*/g) ?? []) result = one(who, action, result, directory, umask)
  }
  return result
}

function one(who: string, action: string, before: number, directory: boolean, umask: number): number {
  const operator = action[0]
  const letters = action.slice(1)
  let bits = 0
  const classes = who === '' || who.includes('a') ? 'ugo' : who
  const copied = { u: before >> 6, g: before >> 3, o: before }[letters]
  let permission = copied === undefined ? 0 : copied & 7
  if (copied === undefined) {
    if (letters.includes('r')) permission |= 4
    if (letters.includes('w')) permission |= 2
    if (letters.includes('x') || (letters.includes('X') && (directory || (before & 0o111) !== 0))) permission |= 1
  }
  let mask = 0
  if (classes.includes('u')) {
    bits |= permission << 6
    mask |= 0o700
    if (letters.includes('s')) bits |= 0o4000
  }
  if (classes.includes('g')) {
    bits |= permission << 3
    mask |= 0o070
    if (letters.includes('s')) bits |= 0o2000
  }
  if (classes.includes('o')) {
    bits |= permission
    mask |= 0o007
  }
  if (letters.includes('t')) bits |= 0o1000
  if (who === '') bits &= ~umask | 0o7000
  if (operator === '+') return before | bits
  if (operator === '-') return before & ~bits
  return (before & ~mask) | bits
}
