import { HelpdeskError } from '@ura/core/errors'
import { CallId, CallRecord, CallRecordAnswer, CallRecordsAnswer } from '@ura/core/ticket-api/schemas'
import { Type } from 'typebox'
import { inTransaction } from '../database/transaction.ts'
import { recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { sourceOf } from '../http/request-source.ts'
import type { HttpServer } from '@ura/core/http/server'
import { parseInstantMs } from '../listing/instant.ts'
import { findCallRecords, putCallRecord } from './call-repository.ts'

export function callRoutes(server: HttpServer, context: ApiContext): void {
  const { db, clock } = context
  server.post(
    '/registrar_ligacao',
    {
      schema: {
        tags: ['Ligação'],
        summary: 'Guarda o registro de uma ligação; o mesmo par chamada e rodada substitui o anterior',
        operationId: 'registrarLigacao',
        description: 'O mesmo par `chamada` e `rodada` substitui o registro anterior.',
        security: [{ sessao: [] }],
        body: CallRecord,
        response: { 200: CallRecordAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const record = request.body
      requireReadableInstants(record)
      const now = clock.now()
      await inTransaction(db, async (trx) => {
        const { earlierOutcome } = await putCallRecord(trx, record, now)
        if (record.resultado === 'declined' && earlierOutcome !== 'declined') {
          await recordAudit(trx, {
            event: 'identity_declined',
            source: sourceOf(request),
            at: now,
            userCode: record.usuario ?? undefined,
            detail: { call: record.chamada },
          })
        }
      })
      return { status: true as const }
    },
  )
  server.get(
    '/ligacoes/:chamada',
    {
      schema: {
        tags: ['Ligação'],
        summary: 'Os registros de uma ligação, com o telefone mascarado',
        operationId: 'consultarLigacao',
        description: 'O telefone vem mascarado.',
        errors: ['LIGACAO_NAO_ENCONTRADA'],
        security: [{ sessao: [] }],
        params: Type.Object({ chamada: CallId }),
        response: { 200: CallRecordsAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const records = await findCallRecords(db, request.params.chamada)
      if (records.length === 0) {
        throw new HelpdeskError('LIGACAO_NAO_ENCONTRADA', { field: 'chamada' })
      }
      return { status: true as const, ligacoes: records }
    },
  )
}

/**
 * Refuses instants that the schema takes and Date can't read: second 60 and the suffixes of RFC 9557.
 * @throws HelpdeskError REQUISICAO_INVALIDA naming the field
 */
function requireReadableInstants({ inicio, fim, etapas }: CallRecord): void {
  const steps = etapas.map(({ em }, index) => [`etapas.${index}.em`, em] as const)
  for (const [field, instant] of [['inicio', inicio] as const, ['fim', fim] as const, ...steps]) {
    parseInstantMs(instant, field)
  }
}
