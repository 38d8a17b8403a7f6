import type { AgiHandler } from 'asterisk-agi'
import { readCallId } from '../call/call-origin.ts'
import { Line } from '../call/line.ts'
import { askSatisfaction, type RatedSubject } from '../steps/satisfaction.ts'
import type { HelpdeskDependencies } from './helpdesk.ts'

/**
 * The FastAGI script `survey[,<protocol>[,<registration code>]]`: one question after a technician's call, about the
 * ticket that was opened in it, or about the call. Sets no variable; the dialplan says goodbye. Switched off, it asks
 * nothing.
 */
export function surveyScript(dependencies: HelpdeskDependencies): AgiHandler {
  const { ticketApi, times, asksSatisfaction } = dependencies
  return async (agi) => {
    if (!asksSatisfaction) {
      return
    }
    const callId = await readCallId(agi)
    const log = dependencies.log.child({ callId })
    const line = new Line(agi, times, {
      missing: (sound) => log.warn({ prompt: sound.name }, 'prompt could not be played'),
    })
    const subject = { moment: 'tecnico', ticket: ticketOf(agi.environment.arguments) } as const
    const goOn = (work: Promise<void>): void => dependencies.inBackground(work)
    await askSatisfaction({ callId, line, ticketApi, log, goOn }, subject)
  }
}

/** The ticket that the dialplan names, when both of its arguments are what they should be. */
function ticketOf([protocol = '', userCode = '']: readonly string[]): RatedSubject['ticket'] {
  return /^\d{1,18}$/.test(protocol) && /^\d{1,12}$/.test(userCode) ? { userCode, protocol } : null
}
