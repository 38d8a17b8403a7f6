import { createHash } from 'node:crypto'
import type { HttpServer } from '@ura/core/http/server'
import type { Static } from 'typebox'
import type { ApiContext } from '../context.ts'
import { notModified } from '../http/conditional-request.ts'
import { IfMatchHeaders, requireIfMatch, requireMatch, versionEtag } from '../http/entity-version.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { sourceOf } from '../http/request-source.ts'
import { type Announcement, offeredAnnouncements } from './announcement.ts'
import {
  AddAnnouncementBody,
  AnnouncementParams,
  AnnouncementsResource,
  ChangeAnnouncementBody,
} from './announcement-resource-schemas.ts'
import { listAnnouncements } from './announcement-repository.ts'
import { addAnnouncement, changeAnnouncement, removeAnnouncement } from './change-announcements.ts'

const tags = ['v1: announcements']
const security = [{ sessao: [] }]

/** `/announcements` of `/api/v1`: all of them as one, since a place or a switch moves the keys of others. */
export function announcementResourceRoutes(server: HttpServer, context: ApiContext): void {
  server.get(
    '/announcements',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'All announcements in their order; the ETag is of all of them',
        operationId: 'listAnnouncements',
        description: 'What is switched off as well, without a key.',
        response: { 200: AnnouncementsResource, ...notModified, ...errorAnswers },
      },
    },
    async (_request, reply) => {
      const { etag, body } = told(await listAnnouncements(context.db))
      return await reply.header('etag', etag).send(body)
    },
  )
  addRoute(server, context)
  changeRoute(server, context)
  removeRoute(server, context)
}

function addRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/announcements',
    {
      config: { access: 'administer' },
      schema: {
        tags,
        security,
        summary: 'Adds an announcement',
        operationId: 'addAnnouncement',
        description: 'At most 9, of which 8 switched on; the next call hears it.',
        errors: ['MUDANCA_NAO_PERMITIDA'],
        body: AddAnnouncementBody,
        response: { 201: AnnouncementsResource, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { etag, body } = told(await addAnnouncement(context, request.body, sourceOf(request)))
      return await reply.code(201).header('etag', etag).send(body)
    },
  )
}

function changeRoute(server: HttpServer, context: ApiContext): void {
  server.patch(
    '/announcements/:id',
    {
      config: { access: 'administer' },
      schema: {
        tags,
        security,
        summary: 'Changes an announcement, its place, or switches it',
        operationId: 'changeAnnouncement',
        description: 'Needs the ETag of all announcements as they were read; the next call hears the change.',
        errors: ['INFORMACAO_NAO_ENCONTRADA', 'MUDANCA_NAO_PERMITIDA', 'VERSAO_DIVERGENTE', 'VERSAO_AUSENTE'],
        headers: IfMatchHeaders,
        params: AnnouncementParams,
        body: ChangeAnnouncementBody,
        response: { 200: AnnouncementsResource, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { params, body: fields, headers } = request
      const guard = guardOf(headers['if-match'])
      const source = sourceOf(request)
      const { etag, body } = told(
        await changeAnnouncement(context, { id: Number(params.id), fields, source, guard }),
      )
      return await reply.header('etag', etag).send(body)
    },
  )
}

function removeRoute(server: HttpServer, context: ApiContext): void {
  server.delete(
    '/announcements/:id',
    {
      config: { access: 'administer' },
      schema: {
        tags,
        security,
        summary: 'Removes an announcement for good',
        operationId: 'removeAnnouncement',
        description: 'Needs the ETag of all announcements as they were read.',
        errors: ['INFORMACAO_NAO_ENCONTRADA', 'VERSAO_DIVERGENTE', 'VERSAO_AUSENTE'],
        headers: IfMatchHeaders,
        params: AnnouncementParams,
        response: { 200: AnnouncementsResource, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const guard = guardOf(request.headers['if-match'])
      const removal = { id: Number(request.params.id), source: sourceOf(request), guard }
      const { etag, body } = told(await removeAnnouncement(context, removal))
      return await reply.header('etag', etag).send(body)
    },
  )
}

function guardOf(header: string | undefined): (announcements: readonly Announcement[]) => void {
  const ifMatch = requireIfMatch(header)
  return (announcements) => requireMatch(ifMatch, told(announcements).etag)
}

function told(announcements: readonly Announcement[]): {
  etag: string
  body: Static<typeof AnnouncementsResource>
} {
  const keys = new Map(offeredAnnouncements(announcements).map(({ id, key }) => [id, key]))
  const body = { announcements: announcements.map((one) => ({ ...one, key: keys.get(one.id) ?? null })) }
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 24)
  return { etag: versionEtag(hash), body }
}
