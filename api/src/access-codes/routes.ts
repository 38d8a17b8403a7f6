import { maskEmailAddress } from '@ura/core/email-address'
import { maskPhoneNumber } from '@ura/core/phone-number'
import {
  CodeStatusAnswer,
  CodeStatusQuery,
  IdempotencyKey,
  RequestCodeAnswer,
  RequestCodeBody,
  VerifyCodeAnswer,
  VerifyCodeBody,
} from '@ura/core/ticket-api/schemas'
import { Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { clientOf, sourceOf } from '../http/request-source.ts'
import type { HttpServer } from '@ura/core/http/server'
import { readCodeDelivery } from './access-code-delivery.ts'
import { requestAccessCode } from './request-access-code.ts'
import { verifyAccessCode } from './verify-access-code.ts'

const Headers = Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) })

export function accessCodeRoutes(server: HttpServer, context: ApiContext): void {
  requestRoute(server, context)
  statusRoute(server, context)
  verifyRoute(server, context)
}

function requestRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/solicitar_codigo',
    {
      schema: {
        tags: ['Código de acesso'],
        summary: 'Cria um código de acesso e o envia ao WhatsApp ou ao e-mail do usuário',
        operationId: 'solicitarCodigo',
        description:
          'O código só existe na mensagem ao usuário: nenhuma resposta o traz. Quem tem WhatsApp e e-mail recebe pelo WhatsApp, e por e-mail se ele não entrega. Um código novo invalida o anterior.',
        errors: [
          'USUARIO_NAO_ENCONTRADO',
          'SEM_TELEFONE',
          'CHAVE_REUTILIZADA',
          'LIMITE_DE_CODIGOS',
          'WHATSAPP_INDISPONIVEL',
        ],
        security: [{ sessao: [] }],
        headers: Headers,
        body: RequestCodeBody,
        response: { 202: RequestCodeAnswer, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const sent = await requestAccessCode(context, {
        userCode: request.body.usuario,
        callId: request.body.chamada ?? null,
        source: sourceOf(request),
        idempotent: {
          clientId: clientOf(request).id,
          key: request.headers['idempotency-key'],
          body: request.body,
        },
      })
      return await reply.code(202).send({
        status: true,
        canal: sent.channel,
        enviado_para:
          sent.channel === 'email' ? maskEmailAddress(sent.address) : maskPhoneNumber(sent.address),
        expira_em: sent.expiresAt.toISOString(),
        digitos: context.config.accessCodeDigits,
      })
    },
  )
}

function statusRoute(server: HttpServer, context: ApiContext): void {
  server.get(
    '/situacao_codigo',
    {
      schema: {
        tags: ['Código de acesso'],
        summary: 'Como vai a entrega do código mais novo que foi pedido numa ligação',
        operationId: 'consultarCodigo',
        description:
          'Responde em menos de um segundo. Para quem espera na linha: `falhou` é que não chegou por caminho nenhum; `canal` diz por onde vai agora, que pode não ser o de `solicitar_codigo`.',
        errors: ['CODIGO_NAO_ENCONTRADO'],
        security: [{ sessao: [] }],
        querystring: CodeStatusQuery,
        response: { 200: CodeStatusAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { usuario: userCode, chamada: callId } = request.query
      const { situation, channel } = await readCodeDelivery(context, { userCode, callId })
      return { status: true as const, situacao: situation, canal: channel }
    },
  )
}

function verifyRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/verificar_codigo',
    {
      schema: {
        tags: ['Código de acesso'],
        summary: 'Confere o código de acesso digitado',
        operationId: 'verificarCodigo',
        description:
          'O campo do usuário chama-se `user` neste ponto de acesso. Um código errado não é um erro HTTP: `motivo` diz o que houve.',
        errors: ['CHAVE_REUTILIZADA'],
        security: [{ sessao: [] }],
        headers: Headers,
        body: VerifyCodeBody,
        response: { 200: VerifyCodeAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const verdict = await verifyAccessCode(context, {
        userCode: request.body.user,
        accessCode: request.body.codigo,
        callId: request.body.chamada ?? null,
        source: sourceOf(request),
        idempotent: {
          clientId: clientOf(request).id,
          key: request.headers['idempotency-key'],
          body: request.body,
        },
      })
      return verdict.right
        ? { status: true as const }
        : { status: false as const, tentativas_restantes: verdict.triesLeft, motivo: verdict.reason }
    },
  )
}
