import type { HttpServer } from '@ura/core/http/server'
import {
  ConfirmExtensionAnswer,
  ConfirmExtensionBody,
  IdentifyExtensionAnswer,
  IdentifyExtensionBody,
} from '@ura/core/ticket-api/schemas'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { sourceOf } from '../http/request-source.ts'
import { cleanForSpeech } from '../speech/spoken-text.ts'
import { confirmExtension, userOfExtension } from './extension-identity.ts'

/** Identification by desk extension: whose it is, and the decision once the name is confirmed. */
export function extensionRoutes(server: HttpServer, context: ApiContext): void {
  server.post(
    '/identificar_ramal',
    {
      schema: {
        tags: ['Usuário'],
        summary: 'De quem é o ramal que liga?',
        operationId: 'identificarRamal',
        description:
          'Só com `EXTENSION_IDENTIFICATION=on`, para os clientes de `EXTENSION_CLIENTS` e os ramais de `TRUSTED_EXTENSIONS`; senão, `status` é false. Não identifica ninguém antes de `/confirmar_ramal`.',
        security: [{ sessao: [] }],
        body: IdentifyExtensionBody,
        response: { 200: IdentifyExtensionAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { ramal: extension, chamada: callId } = request.body
      const user = await userOfExtension(context, { extension, callId, source: sourceOf(request) })
      if (user === null) {
        return { status: false as const }
      }
      const audio = await context.audio({ text: cleanForSpeech(user.name), kind: 'personal' }, request.id)
      return { status: true as const, usuario: user.code, nome: user.name, ...audio }
    },
  )
  server.post(
    '/confirmar_ramal',
    {
      schema: {
        tags: ['Usuário'],
        summary: 'O ramal identifica esta pessoa, que confirmou o nome?',
        operationId: 'confirmarRamal',
        description: 'Decide de novo, e guarda na auditoria quem, o ramal e a ligação.',
        security: [{ sessao: [] }],
        body: ConfirmExtensionBody,
        response: { 200: ConfirmExtensionAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { ramal: extension, usuario: userCode, chamada: callId } = request.body
      const source = sourceOf(request)
      return { status: await confirmExtension(context, { extension, userCode, callId, source }) }
    },
  )
}
