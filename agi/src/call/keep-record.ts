import { maskPhoneNumber } from '@ura/core/phone-number'
import type { CallRecord } from '@ura/core/ticket-api/schemas'
import { isRefusal } from '../spool/refusal.ts'
import type { Call } from './call.ts'

/**
 * Sends the record of a call that has ended, once a ticket under way is there or given up. What the API doesn't take is
 * spooled; when even that fails, the log line is what is left of it. Never fails.
 */
export async function keepRecord(call: Call): Promise<void> {
  const { recorder, callId, round, callingNumber, person, log } = call
  await call.ticketUnderWay
  const record = recorder.record({
    callId,
    round,
    callingNumber,
    userCode: person?.userCode ?? null,
    isVerified: person?.verified ?? false,
    category: call.category?.nome ?? null,
    service: call.service?.codigo ?? null,
  })
  const summary = {
    outcome: record.resultado,
    lastStep: recorder.lastStep,
    protocols: record.protocolos,
    durationMs: Date.parse(record.fim) - Date.parse(record.inicio),
    // For whom a voice was missing: what the caller heard recordings in place of.
    ...(recorder.withoutSpeech.length > 0 && { withoutSpeech: recorder.withoutSpeech }),
    ...(recorder.spooledTickets.length > 0 && { registeredOffline: recorder.spooledTickets.length }),
  }
  try {
    const isSpooled = await sendOrSpool(call, record)
    log.info({ ...summary, ...(isSpooled && { recordSpooled: true }) }, 'call ended')
  } catch (error) {
    log.error({ ...summary, steps: record.etapas, err: error }, 'call ended and its record could not be kept')
  }
}

/** Whether it went to the spool: behind the tickets of its call, since their protocols belong into it. */
async function sendOrSpool(call: Call, record: CallRecord): Promise<boolean> {
  const tickets = [...call.recorder.spooledTickets]
  if (tickets.length === 0) {
    try {
      await call.ticketApi.saveCallRecord(record)
      return false
    } catch (error) {
      if (isRefusal(error)) {
        throw error
      }
      await call.spool({ kind: 'call-record', record: masked(record), tickets }).catch(() => {
        throw error
      })
      return true
    }
  }
  await call.spool({ kind: 'call-record', record: masked(record), tickets })
  return true
}

/** No whole phone number lies on this host's disk; masked is how the API tells it anyway. */
function masked(record: CallRecord): CallRecord {
  const { telefone } = record
  return {
    ...record,
    telefone: telefone === null ? null : maskPhoneNumber(telefone).replaceAll(/[ -]/g, ''),
  }
}
