import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fakeCall, type FakeCall, type FakeCaller } from 'asterisk-agi/testing'
import { HelpdeskError } from '@ura/core/errors'
import type { CallRecord } from '@ura/core/ticket-api/schemas'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'

export interface PhoneCallResult {
  callId: string
  outcome: string
  protocol: string | null
  protocols: readonly string[]
  userCode: string | null
  startedAt: string | null
  endedAt: string | null
  steps: readonly { step: string; at: string }[]
  /** What the dialplan would do next: `queue`, `hangup`, or empty after a hangup. */
  next: string
  agiStatus: string
}

const recordWaitMs = 5_000
const recordPollMs = 50

/** Dials the FastAGI server as Asterisk would. */
export function dial(options: {
  agi: { host: string; port: number }
  callerId: string
  entry: string
  caller: FakeCaller
  speed: number
}): { callId: string; call: FakeCall } {
  const callId = `phone-${randomUUID()}`
  const call = fakeCall({
    ...options.agi,
    script: 'helpdesk',
    arguments: [options.entry, '1'],
    callerId: options.callerId,
    linkedId: callId,
    caller: options.caller,
    speed: options.speed,
  })
  return { callId, call }
}

/** What became of an ended call: the service's own record of it, as the API has it. */
export async function resultOf(
  callId: string,
  call: FakeCall,
  ticketApi: TicketApi,
): Promise<PhoneCallResult> {
  const { agiStatus, variables } = await call.ended
  const record = await findRecord(callId, ticketApi)
  return {
    callId,
    outcome: record?.resultado ?? 'failed',
    protocol: record?.protocolos.at(-1) ?? null,
    protocols: record?.protocolos ?? [],
    userCode: record?.usuario ?? null,
    startedAt: record?.inicio ?? null,
    endedAt: record?.fim ?? null,
    steps: record?.etapas.map(({ etapa, em }) => ({ step: etapa, at: em })) ?? [],
    next: variables['URA_NEXT'] ?? '',
    agiStatus,
  }
}

/** The record is kept just after the call's end, so it is asked for until it is there. */
async function findRecord(callId: string, ticketApi: TicketApi): Promise<CallRecord | null> {
  for (let waitedMs = 0; waitedMs < recordWaitMs; waitedMs += recordPollMs) {
    try {
      return (await ticketApi.callRecords(callId)).at(-1) ?? null
    } catch (error) {
      if (!(error instanceof HelpdeskError && error.code === 'LIGACAO_NAO_ENCONTRADA')) {
        throw error
      }
    }
    await sleep(recordPollMs)
  }
  return null
}
