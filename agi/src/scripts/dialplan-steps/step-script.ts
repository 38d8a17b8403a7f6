import { randomUUID } from 'node:crypto'
import { AgiConnectionLostError, AgiHangupError, type AgiCall, type AgiHandler } from 'asterisk-agi'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { callIdOf, callingNumberOf, readCallId } from '../../call/call-origin.ts'
import { Line, type LineTimes } from '../../call/line.ts'
import type { OfficeHours } from '../../call/office-hours.ts'
import type { DialplanStep, StepCall, StepOutcome } from './dialplan-step.ts'
import { type ArgumentName, readStepArguments, readStepNumber } from './step-arguments.ts'
import { resultOfFailure, stepStarted } from './step-result.ts'

export interface StepDependencies {
  ticketApi: TicketApi
  officeHours: OfficeHours
  clock: Clock
  log: Logger
  times: LineTimes
  /** For all that one step asks of the API, milliseconds. */
  apiBudgetMs: number
}

/**
 * The FastAGI script of a step. `URA_RESULT` is `started` from the first command on and a word of `stepResults` at the
 * end, whatever happens to the API; the step's other variables are emptied first. Nothing of a step outlives its caller.
 */
export function stepScript<N extends ArgumentName>(
  name: string,
  step: DialplanStep<N>,
  dependencies: StepDependencies,
): AgiHandler {
  return async (agi) => {
    await agi.setVariables({ URA_RESULT: stepStarted, ...step.unset })
    const call = await openStepCall(agi, dependencies, name)
    const startedAt = dependencies.clock.now().getTime()
    const outcome = await runStep(agi, { call, name, step })
    // The result comes last: who reads it finds the rest in place.
    const { URA_RESULT, ...variables } = outcome
    await agi.setVariables({ ...variables, URA_RESULT })
    const durationMs = dependencies.clock.now().getTime() - startedAt
    call.log.info({ result: URA_RESULT, durationMs }, 'step for the dialplan done')
  }
}

async function runStep<N extends ArgumentName>(
  agi: AgiCall,
  { call, name, step }: { call: StepCall; name: string; step: DialplanStep<N> },
): Promise<StepOutcome> {
  const given = readStepArguments(agi.environment, step.parameters)
  if ('faulty' in given) {
    call.log.warn({ argument: given.faulty }, 'an argument from the dialplan is missing or malformed')
    return { URA_RESULT: 'invalid' }
  }
  try {
    return await step.run(call, given.values)
  } catch (error) {
    agi.signal.throwIfAborted()
    if (error instanceof AgiHangupError || error instanceof AgiConnectionLostError) {
      throw error
    }
    const result = resultOfFailure(error)
    call.log[result === 'unavailable' ? 'error' : 'warn']({ err: error }, `${name} failed`)
    return { URA_RESULT: result }
  }
}

async function openStepCall(agi: AgiCall, dependencies: StepDependencies, name: string): Promise<StepCall> {
  const { ticketApi, officeHours, times, apiBudgetMs } = dependencies
  const callId = await readCallId(agi)
  const log = dependencies.log.child({ callId, step: name })
  return {
    callId,
    callingNumber: callingNumberOf(agi.environment.callerId),
    line: new Line(agi, times, {
      missing: (sound) => log.warn({ prompt: sound.name }, 'prompt could not be played'),
    }),
    signal: AbortSignal.any([agi.signal, AbortSignal.timeout(apiBudgetMs)]),
    ticketApi,
    officeHours,
    log,
    nextIdempotencyKey: keysOf(agi, callId),
  }
}

/**
 * Keys of a step's requests: call, channel and the dialplan's number of the step, so that a step that is asked for again
 * on the second server, because the first died on it, is done once. Without such a number every run is one of its own.
 */
function keysOf({ environment }: AgiCall, callId: string): StepCall['nextIdempotencyKey'] {
  const number = readStepNumber(environment)
  const run = number === null ? randomUUID().slice(0, 8) : `${callIdOf(environment.uniqueId)}/${number}`
  return (step) => `${callId}/${run}/${step}`.slice(0, 128)
}
