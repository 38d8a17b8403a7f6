import type { AgiRouter } from 'asterisk-agi'
import { checkHours } from './check-hours.ts'
import { openTicket } from './open-ticket.ts'
import { removeAudio } from './remove-audio.ts'
import { sendCode } from './send-code.ts'
import { type StepDependencies, stepScript } from './step-script.ts'
import { verifyCode } from './verify-code.ts'
import { verifyTicket } from './verify-ticket.ts'
import { verifyUser } from './verify-user.ts'

/** The steps that a dialplan of the administrator's own can ask for, by the script names of their `agi://` addresses. */
export const stepScriptNames = [
  'verify-user',
  'send-code',
  'verify-code',
  'verify-ticket',
  'open-ticket',
  'check-hours',
  'remove-audio',
] as const

/** Adds the step scripts to a router. */
export function routeStepScripts(router: AgiRouter, dependencies: StepDependencies): AgiRouter {
  return router
    .script('verify-user', stepScript('verify-user', verifyUser, dependencies))
    .script('send-code', stepScript('send-code', sendCode, dependencies))
    .script('verify-code', stepScript('verify-code', verifyCode, dependencies))
    .script('verify-ticket', stepScript('verify-ticket', verifyTicket, dependencies))
    .script('open-ticket', stepScript('open-ticket', openTicket, dependencies))
    .script('check-hours', stepScript('check-hours', checkHours, dependencies))
    .script('remove-audio', stepScript('remove-audio', removeAudio, dependencies))
}
