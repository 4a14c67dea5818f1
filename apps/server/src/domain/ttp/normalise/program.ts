/** Options of wrappers that take a word of their own: it is no command. */
const WRAPPERS: Readonly<Record<string, RegExp>> = {
  sudo: /^-(?:[ughpCTDRU]|-user|-group)$/u,
  doas: /^-[uC]$/u,
  nohup: /^$/u,
  setsid: /^$/u,
  time: /^-[fo]$/u,
  exec: /^-a$/u,
  command: /^$/u,
  builtin: /^$/u,
  busybox: /^$/u,
  toybox: /^$/u,
  env: /^-[uCS]$/u,
  nice: /^-n$/u,
  ionice: /^-[cnp]$/u,
  stdbuf: /^-[ioe]$/u,
  timeout: /^-[sk]$/u,
  xargs: /^-[aEILnPsd]$/u,
  chroot: /^$/u,
  watch: /^-n$/u,
  strace: /^-[epo]$/u,
  unshare: /^-[SGRw]$/u,
  nsenter: /^-[tSG]$/u,
}
/** The dynamic loader, told to run a program: its options that take a word, and those with which it runs nothing. */
const LOADER = /^ld(?:64|-[\w.-]{1,32})?\.so(?:\.\d)?$/u
const LOADER_TAKES = /^--(?:library-path|preload|argv0|audit|inhibit-rpath|glibc-hwcaps-(?:prepend|mask))$/u
const LOADER_LOOKS = /^--(?:list(?:-tunables|-diagnostics)?|verify|help|version)$/u
const SHELL = /^(?:ba|da|z|k|a|c|tc|fi)?sh$/u
const SHELL_VARIABLE = /^\$(?:SHELL|BASH|\{(?:SHELL|BASH)\})$/u

export const isShell = (name: string): boolean => SHELL.test(name)

/** The program that a word names, without folder and without `.exe`. */
export function programOf(word: string): string {
  if (SHELL_VARIABLE.test(word)) return 'sh'
  if (/^%comspec%$/iu.test(word)) return 'cmd'
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1) || word
  return /[^.]\.exe$/iu.test(name) ? name.slice(0, -4) : name
}

/** Where the wrapped command begins; null where nothing is wrapped. */
export function wrapped(words: readonly string[]): number | null {
  const name = programOf(words[0] ?? '')
  if (name === 'find') {
    const at = words.findIndex((word) => /^-(?:exec|execdir|ok|okdir)$/u.test(word))
    return at < 0 ? null : at + 1
  }
  const loader = LOADER.test(name)
  if (loader && words.some((word) => LOADER_LOOKS.test(word))) return null
  const takes = loader ? LOADER_TAKES : Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined
  if (!takes) return null
  let at = 1
  // `timeout 5 cmd`, `chroot /x cmd`: one operand first.
  let operands = name === 'timeout' || name === 'chroot' ? 1 : 0
  for (; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--') return at + 1
    if (word.startsWith('-') && word !== '-') {
      if (takes.test(word)) at++
    } else if (/^[A-Za-z_]\w*=/u.test(word) && (name === 'env' || name === 'sudo')) continue
    else if (operands > 0) operands--
    else return at
  }
  return null
}
