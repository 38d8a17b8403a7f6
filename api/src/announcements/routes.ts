import { HelpdeskError } from '@ura/core/errors'
import type { HttpServer } from '@ura/core/http/server'
import {
  AnnouncementsAnswer,
  AnnouncementSpeechAnswer,
  AnnouncementSpeechBody,
} from '@ura/core/ticket-api/schemas'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'
import { notModified } from '../http/conditional-request.ts'
import { versionEtag } from '../http/entity-version.ts'
import { errorAnswers } from '../http/error-answers.ts'
import {
  announcementMenuText,
  announcementsVersion,
  announcementText,
  offeredAnnouncements,
} from './announcement.ts'
import { listAnnouncements } from './announcement-repository.ts'

const tags = ['Informações']

/** What callers may hear: the list without audio, quick enough for a greeting; then the audio of what is chosen. */
export function announcementRoutes(server: HttpServer, { db, audio }: ApiContext): void {
  server.get(
    '/informacoes',
    {
      schema: {
        tags,
        summary: 'As informações que se pode ouvir, com a versão no ETag',
        operationId: 'listarInformacoes',
        description: 'Só as ligadas; sem nenhuma, a lista é vazia e o menu principal não fala delas.',
        security: [{ sessao: [] }],
        response: { 200: AnnouncementsAnswer, ...notModified, ...errorAnswers },
      },
    },
    async (_request, reply) => {
      const offered = offeredAnnouncements(await listAnnouncements(db))
      const versao = announcementsVersion(offered)
      const informacoes = offered.map(({ id, key, title }) => ({ id, tecla: key, titulo: title }))
      return await reply.header('etag', versionEtag(versao)).send({ status: true, versao, informacoes })
    },
  )
  server.post(
    '/falar_informacao',
    {
      schema: {
        tags,
        summary: 'O áudio de uma informação, ou do menu delas',
        operationId: 'falarInformacao',
        description: 'Sem síntese de voz, `url` e `nome_audio` são null.',
        errors: ['INFORMACAO_NAO_ENCONTRADA'],
        security: [{ sessao: [] }],
        body: AnnouncementSpeechBody,
        response: { 200: AnnouncementSpeechAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const texto = await textOf(db, request.body.informacao)
      return {
        status: true as const,
        texto,
        ...(await audio({ text: texto, kind: 'catalogue' }, request.id)),
      }
    },
  )
}

async function textOf(db: Database, id: number | undefined): Promise<string> {
  const offered = offeredAnnouncements(await listAnnouncements(db))
  if (id === undefined) {
    return announcementMenuText(offered)
  }
  const announcement = offered.find((one) => one.id === id)
  if (announcement === undefined) {
    throw new HelpdeskError('INFORMACAO_NAO_ENCONTRADA', { field: 'informacao' })
  }
  return announcementText(announcement)
}
