import type { Static, TSchema } from 'typebox'
import * as schemas from './schemas.ts'
import type { TicketApi } from './ticket-api.ts'
import {
  type Answer,
  answerOf,
  createTransport,
  notModified,
  present,
  type TicketApiClientOptions,
} from './transport.ts'

export type { TicketApiClientOptions } from './transport.ts'

const answers = {
  verifyUser: answerOf(schemas.VerifyUserAnswer),
  userSpeech: answerOf(schemas.UserSpeechAnswer),
  requestCode: answerOf(schemas.RequestCodeAnswer),
  verifyCode: answerOf(schemas.VerifyCodeAnswer),
  catalogue: answerOf(schemas.CatalogueAnswer),
  openTicket: answerOf(schemas.OpenTicketAnswer),
  voiceNote: answerOf(schemas.VoiceNoteAnswer),
  verifyTicket: answerOf(schemas.VerifyTicketAnswer),
  officeHours: answerOf(schemas.OfficeHoursAnswer),
  callRecord: answerOf(schemas.CallRecordAnswer),
  callRecords: answerOf(schemas.CallRecordsAnswer),
}

/**
 * The typed client of the ticket API: signs in once and again when the session is gone, retries what may succeed,
 * keeps every step within its budget, and answers the catalogue from memory while the API says it is unchanged.
 */
export function createTicketApiClient(options: TicketApiClientOptions): TicketApi {
  const transport = createTransport(options)
  let known: schemas.CatalogueAnswer | null = null
  const post = async <S extends TSchema>(
    path: string,
    body: unknown,
    answer: Answer<S>,
    more: { idempotencyKey?: string; signal: AbortSignal | undefined },
  ): Promise<Static<S>> => present(await transport({ method: 'POST', path, body, answer, ...more }))

  return {
    verifyUser: async ({ userCode, callId, callingNumber }, signal) => {
      const body = {
        usuario: userCode,
        chamada: callId,
        ...(callingNumber === null ? {} : { telefone: callingNumber }),
      }
      return (await post('verificar_usuario', body, answers.verifyUser, { signal })).status
    },
    userSpeech: (userCode, signal) =>
      post('get_user_to_speech', { usuario: userCode }, answers.userSpeech, { signal }),
    requestAccessCode: ({ userCode, callId, idempotencyKey }, signal) =>
      post('solicitar_codigo', { usuario: userCode, chamada: callId }, answers.requestCode, {
        idempotencyKey,
        signal,
      }),
    verifyAccessCode: ({ userCode, code, callId, idempotencyKey }, signal) =>
      post('verificar_codigo', { user: userCode, codigo: code, chamada: callId }, answers.verifyCode, {
        idempotencyKey,
        signal,
      }),
    catalogue: async (signal) => {
      const current = known
      const answer = await transport({
        method: 'GET',
        path: 'servicos',
        etag: current === null ? undefined : `"${current.versao}"`,
        answer: answers.catalogue,
        signal,
      })
      if (answer === notModified && current !== null) {
        return current
      }
      const catalogue = present(answer)
      // Menus without audio are asked for again: the speech service may be back.
      const isSpoken = [catalogue, ...catalogue.categorias].every(({ menu }) => menu.url !== null)
      known = isSpoken ? catalogue : null
      return catalogue
    },
    openTicket: ({ userCode, service, callId, idempotencyKey }, signal) =>
      post(
        'novo_chamado',
        { usuario: userCode, servico: service, chamada: callId, origem: 'telefone' },
        answers.openTicket,
        { idempotencyKey, signal },
      ),
    addVoiceNote: async ({ userCode, protocol, audio, idempotencyKey }, signal) =>
      present(
        await transport({
          method: 'POST',
          path: `v1/tickets/${encodeURIComponent(protocol)}/voice-note?userCode=${encodeURIComponent(userCode)}`,
          file: { type: 'audio/wav', bytes: audio },
          answer: answers.voiceNote,
          idempotencyKey,
          signal,
        }),
      ),
    findTicket: ({ userCode, protocol }, signal) =>
      post('verificar_chamado', { usuario: userCode, chamado: protocol }, answers.verifyTicket, { signal }),
    officeHours: async (signal) =>
      present(
        await transport({ method: 'GET', path: 'horario_atendimento', answer: answers.officeHours, signal }),
      ),
    saveCallRecord: async (record, signal) => {
      await post('registrar_ligacao', record, answers.callRecord, { signal })
    },
    callRecords: async (callId, signal) => {
      const path = `ligacoes/${encodeURIComponent(callId)}`
      return present(await transport({ method: 'GET', path, answer: answers.callRecords, signal })).ligacoes
    },
  }
}
