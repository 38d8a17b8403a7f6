import type { HttpServer } from '@ura/core/http/server'
import { RatingMoment } from '@ura/core/ticket-api/schemas'
import { Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { parseInstantMs } from '../listing/instant.ts'
import { Instant, nullable } from '../listing/list-schemas.ts'
import { summarizeRatings } from './satisfaction-repository.ts'

const SatisfactionSummary = Type.Object(
  {
    count: Type.Integer({ description: 'Ratings in the period' }),
    mean: nullable(
      Type.Number({ description: 'Of scores from 1 to 5, to two decimals; null without ratings' }),
    ),
    scores: Type.Array(Type.Object({ score: Type.Integer(), count: Type.Integer() })),
  },
  {
    description: 'The ratings, without persons',
    examples: [
      {
        count: 40,
        mean: 4.35,
        scores: [
          { score: 1, count: 1 },
          { score: 2, count: 2 },
          { score: 3, count: 3 },
          { score: 4, count: 10 },
          { score: 5, count: 24 },
        ],
      },
    ],
  },
)

const SatisfactionQuery = Type.Object(
  {
    ratedFrom: Type.Optional(Instant),
    ratedTo: Type.Optional(Instant),
    moment: Type.Optional(RatingMoment),
  },
  { additionalProperties: false },
)

/** `/satisfaction` of `/api/v1`: what callers think, in numbers. */
export function satisfactionResourceRoutes(server: HttpServer, { db }: ApiContext): void {
  server.get(
    '/satisfaction',
    {
      config: { access: 'read' },
      schema: {
        tags: ['v1: satisfaction'],
        security: [{ sessao: [] }],
        summary: 'Mean and count of ratings in a period',
        operationId: 'readSatisfaction',
        description: 'The period holds its beginning and not its end; without one, all ratings there are.',
        querystring: SatisfactionQuery,
        response: { 200: SatisfactionSummary, ...errorAnswers },
      },
    },
    async (request) => {
      const { ratedFrom, ratedTo, moment } = request.query
      return await summarizeRatings(db, {
        from: instant(ratedFrom, 'ratedFrom'),
        to: instant(ratedTo, 'ratedTo'),
        moment,
      })
    },
  )
}

function instant(text: string | undefined, field: string): Date | undefined {
  return text === undefined ? undefined : new Date(parseInstantMs(text, field))
}
