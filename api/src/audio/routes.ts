import { HelpdeskError } from '@ura/core/errors'
import { RemoveAudioAnswer, RemoveAudioBody } from '@ura/core/ticket-api/schemas'
import { Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { notModified } from '../http/conditional-request.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { networkGuard } from '../http/network-guard.ts'
import type { HttpServer } from '@ura/core/http/server'

const binary = { schema: Type.Unsafe<Buffer>(Type.String({ format: 'binary' })) }

/**
 * Asterisk 22 names a fetched sound after its content type when it knows it, and only otherwise after its address
 * (res_http_media_cache.c; seen on 22.10.1): `audio/x-wav` is `.wav` to it, which it plays at 8,000 Hz alone. So 16,000 Hz
 * go by the registered name of the same format (RFC 2361), which it doesn't know: then the address's `.wav16` counts.
 */
const wavType = 'audio/x-wav'
const wav16Type = 'audio/vnd.wave'

const WavFile = { description: 'O áudio', content: { [wavType]: binary, [wav16Type]: binary } } as const

/** `GET`/`HEAD /audio/<name>`, outside the session: names can't be guessed, and Asterisk's media cache can't sign in. */
export function audioFileRoute(server: HttpServer, context: ApiContext): void {
  const { config, speech } = context
  server.get(
    '/audio/:name',
    {
      onRequest: networkGuard(context, config.audioNetworks),
      schema: {
        tags: ['Áudio'],
        summary: 'Um áudio feito pela API (WAV)',
        operationId: 'buscarAudio',
        description:
          'Sem sessão, só para as redes de `AUDIO_NETWORKS`: o nome não se adivinha, e o cache de mídia do Asterisk não sabe entrar.',
        errors: ['ORIGEM_NAO_PERMITIDA', 'AUDIO_NAO_ENCONTRADO'],
        params: Type.Object({
          name: Type.String({
            maxLength: 200,
            description: '`nome_audio` de uma resposta',
            examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.wav'],
          }),
        }),
        response: { 200: WavFile, ...notModified, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      const audio = speech.isAudioName(name) ? await speech.open(name) : null
      if (audio === null) {
        throw new HelpdeskError('AUDIO_NAO_ENCONTRADO')
      }
      // A name is made from the text and the voice, so what it names never changes.
      reply
        .header('etag', audio.etag)
        .header('cache-control', 'private, max-age=86400, immutable')
        .header('last-modified', audio.modifiedAt.toUTCString())
      return await reply
        .code(200)
        .type(name.endsWith('.wav16') ? wav16Type : wavType)
        .header('content-length', audio.sizeBytes)
        .send(audio.bytes)
    },
  )
}

export function removeAudioRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/remover_audio',
    {
      schema: {
        tags: ['Áudio'],
        summary: 'Remove um áudio feito pela API',
        operationId: 'removerAudio',
        description: 'Só aceita nomes que a própria API fez; qualquer coisa com um caminho é 400.',
        errors: ['AUDIO_INVALIDO'],
        security: [{ sessao: [] }],
        body: RemoveAudioBody,
        response: { 200: RemoveAudioAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { audio } = request.body
      if (!context.speech.isAudioName(audio)) {
        throw new HelpdeskError('AUDIO_INVALIDO', { field: 'audio' })
      }
      return { status: await context.speech.remove(audio) }
    },
  )
}
