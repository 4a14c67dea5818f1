/** What a new rule begins from: it is whole, its examples come out, and each line says what it is for. */
export const NEW_RULE = `id: my-rule
version: 1
title: A program fetched into memory and run
maturity: incubating
sources: [command]
when:
  commands: { regex: '/dev/shm/[^ ]*\\.sh' }
emits:
  - { technique: T1059.004, tactic: TA0002, confidence: 0.7 }
evidence: [command_text, user]
references: []
false_positives: []
examples:
  match:
    - sh /dev/shm/x.sh
  no_match:
    - ls /dev/shm
`
