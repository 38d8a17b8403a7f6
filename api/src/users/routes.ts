import { HelpdeskError } from '@ura/core/errors'
import {
  UserSpeechAnswer,
  UserSpeechBody,
  VerifyUserAnswer,
  VerifyUserBody,
} from '@ura/core/ticket-api/schemas'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { sourceOf } from '../http/request-source.ts'
import type { HttpServer } from '@ura/core/http/server'
import { cleanForSpeech } from '../speech/spoken-text.ts'
import { findActiveUser } from './user-repository.ts'
import { verifyUser } from './verify-user.ts'

export function userRoutes(server: HttpServer, context: ApiContext): void {
  server.post(
    '/verificar_usuario',
    {
      schema: {
        tags: ['Usuário'],
        summary: 'O código de cadastro existe?',
        operationId: 'verificarUsuario',
        description:
          'Códigos errados são contados por ligação, telefone e cliente; passado o limite, mesmo um código certo recebe 429.',
        errors: ['LIMITE_DE_TENTATIVAS'],
        security: [{ sessao: [] }],
        body: VerifyUserBody,
        response: { 200: VerifyUserAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { usuario, telefone, chamada } = request.body
      const source = sourceOf(request)
      return {
        status: await verifyUser(context, { code: usuario, phone: telefone, callId: chamada, source }),
      }
    },
  )
  server.post(
    '/get_user_to_speech',
    {
      schema: {
        tags: ['Usuário'],
        summary: 'O nome do usuário em áudio',
        operationId: 'getUserToSpeech',
        description:
          'O áudio serve para confirmar a identidade ao telefone. Sem síntese de voz, `url` e `nome_audio` são null.',
        errors: ['USUARIO_NAO_ENCONTRADO'],
        security: [{ sessao: [] }],
        body: UserSpeechBody,
        response: { 200: UserSpeechAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const user = await findActiveUser(context.db, request.body.usuario)
      if (user === null) {
        throw new HelpdeskError('USUARIO_NAO_ENCONTRADO', { field: 'usuario' })
      }
      const audio = await context.audio({ text: cleanForSpeech(user.name), kind: 'personal' }, request.id)
      return { status: true as const, nome: user.name, ...audio }
    },
  )
}
