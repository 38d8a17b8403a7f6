import { OfficeHoursAnswer } from '@ura/core/ticket-api/schemas'
import { noAudio } from '../audio/spoken-audio.ts'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import type { HttpServer } from '@ura/core/http/server'
import { officeHoursAt } from './office-hours.ts'
import { readOfficeHours } from './office-hours-repository.ts'
import { reasonText, returnText } from './office-hours-text.ts'

export function officeHoursRoutes(server: HttpServer, context: ApiContext): void {
  const { db, clock, config, audio } = context
  const { timeZone } = config
  server.get(
    '/horario_atendimento',
    {
      schema: {
        tags: ['Horário'],
        summary: 'A equipe está em horário de atendimento? Se não, quando volta (também em áudio)',
        operationId: 'consultarHorario',
        description: 'Considera feriados e exceções. A resposta vale até `proxima_mudanca`.',
        security: [{ sessao: [] }],
        response: { 200: OfficeHoursAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const now = clock.now()
      const state = officeHoursAt(now, await readOfficeHours(db, timeZone))
      const { nextOpening, nextChange } = state
      const spoken =
        nextOpening === null
          ? noAudio
          : await audio({ text: returnText(nextOpening, { now, timeZone }), kind: 'general' }, request.id)
      return {
        status: true as const,
        aberto: state.open,
        motivo: reasonText(state),
        proxima_abertura: nextOpening?.toISOString() ?? null,
        proxima_mudanca: nextChange.toISOString(),
        ...spoken,
      }
    },
  )
}
