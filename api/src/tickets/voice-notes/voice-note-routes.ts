import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { HelpdeskError } from '@ura/core/errors'
import type { HttpServer } from '@ura/core/http/server'
import { IdempotencyKey, UserCode, VoiceNoteAnswer } from '@ura/core/ticket-api/schemas'
import { Type } from 'typebox'
import type { ApiContext } from '../../context.ts'
import { errorAnswers } from '../../http/error-answers.ts'
import { clientOf, sourceOf } from '../../http/request-source.ts'
import { TicketParams } from '../ticket-resource-schemas.ts'
import { voiceNoteBytesMax } from './voice-note-audio.ts'
import { addVoiceNote, fetchVoiceNote } from './voice-notes.ts'

const tags = ['v1: tickets']
const security = [{ sessao: [] }]
const wavType = 'audio/wav'
const Wav = Type.Unsafe<Buffer>(Type.String({ format: 'binary' }))

/** `/tickets/:protocol/voice-note` of `/api/v1`: the phone writes it, agents listen to it. */
export async function voiceNoteRoutes(server: HttpServer, context: ApiContext): Promise<void> {
  fetchRoute(server, context)
  // A scope of its own, for bodies that are sound and far longer than the others.
  await server.register(async (scope) => {
    takeOnlyWav(scope)
    addRoute(scope, context)
  })
}

function takeOnlyWav(scope: HttpServer): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(wavType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  scope.addContentTypeParser('*', (_request, _payload, done) => done(noWav()))
}

function addRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/tickets/:protocol/voice-note',
    {
      config: { access: 'phone' },
      bodyLimit: voiceNoteBytesMax,
      // The bytes of a sound have no JSON schema: theirs is for the document alone.
      validatorCompiler: (part) => (part.httpPart === 'body' ? () => true : TypeBoxValidatorCompiler(part)),
      schema: {
        tags,
        security,
        summary: "Adds the requester's voice to a ticket; the same Idempotency-Key adds no second",
        operationId: 'addVoiceNote',
        description:
          'A WAV file of mono 16-bit samples, 8,000 a second, of at most 61 s. A ticket has at most one.',
        errors: ['CHAMADO_NAO_ENCONTRADO', 'CHAVE_REUTILIZADA', 'MUDANCA_NAO_PERMITIDA'],
        headers: Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) }),
        params: TicketParams,
        querystring: Type.Object({ userCode: UserCode }, { additionalProperties: false }),
        consumes: [wavType],
        body: Wav,
        response: { 200: VoiceNoteAnswer, 201: VoiceNoteAnswer, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const audio: unknown = request.body
      if (!Buffer.isBuffer(audio)) {
        throw noWav()
      }
      const { note, replayed } = await addVoiceNote(context, {
        protocol: request.params.protocol,
        userCode: request.query.userCode,
        audio,
        source: sourceOf(request),
        idempotent: { clientId: clientOf(request).id, key: request.headers['idempotency-key'] },
      })
      return await reply.code(replayed ? 200 : 201).send(note)
    },
  )
}

function fetchRoute(server: HttpServer, context: ApiContext): void {
  server.get(
    '/tickets/:protocol/voice-note',
    {
      config: { access: 'listen' },
      schema: {
        tags,
        security,
        summary: "A ticket's voice note, as a WAV file",
        operationId: 'fetchVoiceNote',
        description: 'What the requester said about the problem. Each fetch is in the audit log.',
        errors: ['CHAMADO_NAO_ENCONTRADO', 'GRAVACAO_NAO_ENCONTRADA'],
        params: TicketParams,
        response: {
          200: { description: 'The sound', content: { [wavType]: { schema: Wav } } },
          ...errorAnswers,
        },
      },
    },
    async (request, reply) => {
      const { protocol } = request.params
      const audio = await fetchVoiceNote(context, { protocol, source: sourceOf(request) })
      return await reply
        .code(200)
        .type(wavType)
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="${protocol}.wav"`)
        .send(audio)
    },
  )
}

function noWav(): HelpdeskError {
  return new HelpdeskError('TIPO_NAO_SUPORTADO', { message: `Envie a gravação como ${wavType}.` })
}
