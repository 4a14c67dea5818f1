import { CLIENT, STATUS } from './capabilities.ts'
import type { Answer } from './engine/answer.ts'
import type { Session } from './engine/session.ts'
import {
  binaryRow,
  columnPacket,
  countPacket,
  endPacket,
  errorPacket,
  okPacket,
  type ReplyStyle,
  type StateChange,
  textRow,
} from './replies.ts'

interface How {
  /** Another statement's answer follows. */
  readonly more: boolean
  readonly changes: readonly StateChange[]
  readonly binary: boolean
}

/** The packets that an answer is. */
export function* answerPackets(answer: Answer, session: Session, style: ReplyStyle, { more, changes, binary }: How): Generator<Buffer> {
  const status = session.status | (more ? STATUS.moreResults : 0)
  const warnings = session.shownWarnings
  switch (answer.is) {
    case 'error':
      yield errorPacket(answer.error, style.capabilities)
      return
    case 'ok': {
      const { affected, insertId, info, dropped } = answer
      const scanned =
        /^Rows matched/u.test(info) && /\bwhere\b/iu.test(session.info) ? 0 : /^Rows matched/u.test(info) ? STATUS.noIndexUsed : 0
      yield okPacket(style, {
        affected: found(answer, style),
        insertId: affected === 0 ? 0n : insertId,
        status: status | (dropped ? STATUS.databaseDropped : 0) | scanned,
        warnings,
        info,
        changes,
      })
      return
    }
    case 'rows': {
      const flags = status | (answer.unindexed ? STATUS.noIndexUsed : 0)
      yield countPacket(answer.columns.length, style)
      for (const column of answer.columns) yield columnPacket(column, style)
      if (!(style.capabilities & CLIENT.deprecateEof)) yield endPacket(style, flags, warnings)
      for (const row of answer.rows) yield binary ? binaryRow(row, answer.columns) : textRow(row)
      yield endPacket(style, flags, warnings)
    }
  }
}

/** UPDATE counts what it found instead of what it changed, for clients that want it so. */
function found({ affected, info }: Extract<Answer, { is: 'ok' }>, { capabilities }: ReplyStyle): number {
  const matched = capabilities & CLIENT.foundRows ? /^Rows matched: (\d+)/u.exec(info)?.[1] : undefined
  return matched === undefined ? affected : Number(matched)
}
