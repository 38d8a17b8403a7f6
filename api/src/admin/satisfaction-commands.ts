import { DateTime } from 'luxon'
import { summarizeRatings } from '../satisfaction/satisfaction-repository.ts'
import {
  type AdminContext,
  type CommandInput,
  type CommandOutcome,
  type Commands,
  UsageError,
} from './command.ts'
import { parseDay } from './hours-arguments.ts'

const moments = ['consulta', 'tecnico'] as const

export const satisfactionCommands: Commands = {
  'satisfaction show': {
    usage: 'satisfaction show',
    summary: 'Mostra a média e a quantidade das notas de quem ligou',
    positionals: { min: 0, max: 0 },
    options: {
      since: { value: 'DATA', summary: 'Primeiro dia (AAAA-MM-DD ou hoje)' },
      until: { value: 'DATA', summary: 'Último dia (AAAA-MM-DD ou hoje)' },
      moment: { value: 'MOMENTO', summary: `Só as dadas depois de: ${moments.join(' ou ')}` },
    },
    run: show,
  },
}

async function show(context: AdminContext, { value }: CommandInput): Promise<CommandOutcome> {
  const [from, to] = [dayOf(context, value('since')), dayOf(context, value('until'))]
  if (from !== undefined && to !== undefined && to < from) {
    throw new UsageError('--until é antes de --since.')
  }
  const summary = await summarizeRatings(context.db, {
    from: from?.toJSDate(),
    to: to?.plus({ days: 1 }).toJSDate(),
    moment: parseMoment(value('moment')),
  })
  const { count, mean, scores } = summary
  const each = scores.map((one) => `  nota ${one.score}: ${one.count}`)
  const text =
    mean === null
      ? 'Nenhuma nota neste período.'
      : [`Média ${mean.toFixed(2).replace('.', ',')} em ${count} nota(s).`, ...each].join('\n')
  return { data: summary, text }
}

/** The day's beginning in the configured time zone. */
function dayOf(context: AdminContext, typed: string | undefined): DateTime | undefined {
  return typed === undefined
    ? undefined
    : DateTime.fromISO(parseDay(typed, context), { zone: context.config.timeZone })
}

function parseMoment(typed: string | undefined): (typeof moments)[number] | undefined {
  const moment = moments.find((word) => word === typed)
  if (typed !== undefined && moment === undefined) {
    throw new UsageError(`"${typed}" não é um momento: ${moments.join(', ')}.`)
  }
  return moment
}
