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
  identifyExtension: answerOf(schemas.IdentifyExtensionAnswer),
  confirmExtension: answerOf(schemas.ConfirmExtensionAnswer),
  requestCode: answerOf(schemas.RequestCodeAnswer),
  codeStatus: answerOf(schemas.CodeStatusAnswer),
  verifyCode: answerOf(schemas.VerifyCodeAnswer),
  catalogue: answerOf(schemas.CatalogueAnswer),
  announcements: answerOf(schemas.AnnouncementsAnswer),
  announcementSpeech: answerOf(schemas.AnnouncementSpeechAnswer),
  openTicket: answerOf(schemas.OpenTicketAnswer),
  voiceNote: answerOf(schemas.VoiceNoteAnswer),
  verifyTicket: answerOf(schemas.VerifyTicketAnswer),
  rate: answerOf(schemas.RateAnswer),
  officeHours: answerOf(schemas.OfficeHoursAnswer),
  removeAudio: answerOf(schemas.RemoveAudioAnswer),
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
  const post: Post = async (path, body, answer, more) =>
    present(await transport({ method: 'POST', path, body, answer, ...more }))
  const get: Get = async (path, answer, signal) =>
    present(await transport({ method: 'GET', path, answer, signal }))

  return {
    ...identityRequests(post, get),
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
    announcements: (signal) => get('informacoes', answers.announcements, signal),
    announcementSpeech: (id, signal) =>
      post('falar_informacao', id === null ? {} : { informacao: id }, answers.announcementSpeech, { signal }),
    openTicket: ({ userCode, service, callId, idempotencyKey, requireIdentification }, signal) =>
      post(
        'novo_chamado',
        {
          usuario: userCode,
          servico: service,
          chamada: callId,
          origem: 'telefone',
          ...(requireIdentification === true && { exige_identificacao: true }),
        },
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
    rate: async ({ callId, moment, score, ticket }, signal) => {
      const about = ticket === null ? {} : { usuario: ticket.userCode, chamado: ticket.protocol }
      const body = { chamada: callId, momento: moment, nota: score, ...about }
      return (await post('avaliar_atendimento', body, answers.rate, { signal })).status
    },
    officeHours: (signal) => get('horario_atendimento', answers.officeHours, signal),
    removeAudio: async (audio, signal) =>
      (await post('remover_audio', { audio }, answers.removeAudio, { signal })).status,
    saveCallRecord: async (record, signal) => {
      await post('registrar_ligacao', record, answers.callRecord, { signal })
    },
    callRecords: async (callId, signal) => {
      const path = `ligacoes/${encodeURIComponent(callId)}`
      return (await get(path, answers.callRecords, signal)).ligacoes
    },
  }
}

type Post = <S extends TSchema>(
  path: string,
  body: unknown,
  answer: Answer<S>,
  more: { idempotencyKey?: string; signal: AbortSignal | undefined },
) => Promise<Static<S>>

type Get = <S extends TSchema>(
  path: string,
  answer: Answer<S>,
  signal: AbortSignal | undefined,
) => Promise<Static<S>>

/** Who is calling: by registration code and access code, or by extension. */
function identityRequests(
  post: Post,
  get: Get,
): Pick<
  TicketApi,
  | 'verifyUser'
  | 'userSpeech'
  | 'identifyExtension'
  | 'confirmExtension'
  | 'requestAccessCode'
  | 'accessCodeStatus'
  | 'verifyAccessCode'
> {
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
    identifyExtension: ({ extension, callId }, signal) =>
      post('identificar_ramal', { ramal: extension, chamada: callId }, answers.identifyExtension, { signal }),
    confirmExtension: async ({ extension, userCode, callId }, signal) => {
      const body = { ramal: extension, usuario: userCode, chamada: callId }
      return (await post('confirmar_ramal', body, answers.confirmExtension, { signal })).status
    },
    requestAccessCode: ({ userCode, callId, idempotencyKey }, signal) =>
      post('solicitar_codigo', { usuario: userCode, chamada: callId }, answers.requestCode, {
        idempotencyKey,
        signal,
      }),
    accessCodeStatus: ({ userCode, callId }, signal) => {
      const query = new URLSearchParams({ usuario: userCode, chamada: callId })
      return get(`situacao_codigo?${query.toString()}`, answers.codeStatus, signal)
    },
    verifyAccessCode: ({ userCode, code, callId, idempotencyKey }, signal) =>
      post('verificar_codigo', { user: userCode, codigo: code, chamada: callId }, answers.verifyCode, {
        idempotencyKey,
        signal,
      }),
  }
}
