import { inTransaction } from '../database/transaction.ts'
import { foldedText } from '../folded-text.ts'
import { formatIntervals } from '../office-hours/intervals.ts'
import { type DayInterval, officeHoursAt } from '../office-hours/office-hours.ts'
import {
  listExceptions,
  type OfficeHoursException,
  putException,
  readOfficeHours,
  removeException,
} from '../office-hours/office-hours-repository.ts'
import { putWeekday } from '../office-hours/office-hours-administration.ts'
import { reasonText } from '../office-hours/office-hours-text.ts'
import { type AdminContext, type CommandOutcome, type Commands, RefusedError, UsageError } from './command.ts'
import { auditHours, parseDay, parseDayIntervals, weekdays } from './hours-arguments.ts'

const wholeDay: readonly DayInterval[] = [{ opens: '00:00', closes: '24:00' }]

const reasonOption = { reason: { value: 'TEXTO', summary: 'Motivo, de 1 a 200 caracteres' } }

export const hoursCommands: Commands = {
  'hours show': {
    usage: 'hours show',
    summary: 'Mostra o horário da semana, as exceções e a situação agora',
    positionals: { min: 0, max: 0 },
    run: showHours,
  },
  'hours week': {
    usage: 'hours week DIA HH:MM-HH:MM,…',
    summary: 'Muda o horário usual de um dia da semana (segunda a domingo); "fechado" para nenhum',
    positionals: { min: 2, max: 2 },
    run: async (context, { positionals: [name = '', list = ''] }) => {
      const weekday = parseWeekday(name)
      const intervals = list === 'fechado' ? [] : parseDayIntervals(list)
      const text = formatIntervals(intervals)
      await inTransaction(context.db, async (trx) => {
        await putWeekday(trx, weekday, intervals)
        await auditHours(trx, context, { day: `${weekday}`, change: 'week', intervals: text })
      })
      return { data: { weekday, intervals }, text: `${weekdays[weekday]}: ${text || 'fechado'}` }
    },
  },
  'hours exceptions': {
    usage: 'hours exceptions',
    summary: 'Lista os dias com horário próprio, de hoje em diante',
    positionals: { min: 0, max: 0 },
    options: { all: { summary: 'Também os que já passaram' } },
    run: async (context, input) => {
      const today = parseDay('hoje', context)
      const exceptions = (await listExceptions(context.db)).filter(
        ({ day }) => input.has('all') || day >= today,
      )
      const text = exceptions.map(exceptionLine).join('\n')
      return { data: exceptions, text: text || 'Nenhum dia com horário próprio.' }
    },
  },
  'hours close': {
    usage: 'hours close DATA',
    summary: 'Fecha o atendimento num dia (AAAA-MM-DD ou hoje)',
    positionals: { min: 1, max: 1 },
    options: reasonOption,
    run: async (context, { positionals: [date = ''], value }) => {
      const day = parseDay(date, context)
      await keepException(context, { day, intervals: [], reason: parseReason(value('reason')) })
      return { data: { day, intervals: [] }, text: `Atendimento fechado em ${day}.` }
    },
  },
  'hours open': {
    usage: 'hours open DATA [HH:MM-HH:MM,…]',
    summary: 'Abre o atendimento num dia, o dia todo ou nos intervalos dados',
    positionals: { min: 1, max: 2 },
    options: reasonOption,
    run: async (context, { positionals: [date = '', list], value }) => {
      const day = parseDay(date, context)
      const intervals = list === undefined ? wholeDay : parseDayIntervals(list)
      await keepException(context, { day, intervals, reason: parseReason(value('reason')) })
      return {
        data: { day, intervals },
        text: `Atendimento aberto em ${day}: ${formatIntervals(intervals)}.`,
      }
    },
  },
  'hours clear': {
    usage: 'hours clear DATA',
    summary: 'Remove a exceção de um dia; volta a valer o horário da semana',
    positionals: { min: 1, max: 1 },
    run: async (context, { positionals: [date = ''] }) => {
      const day = parseDay(date, context)
      const removed = await inTransaction(context.db, async (trx) => {
        const done = await removeException(trx, day)
        if (done) {
          await auditHours(trx, context, { day, change: 'clear' })
        }
        return done
      })
      if (!removed) {
        throw new RefusedError(`Não há exceção em ${day}.`)
      }
      return { data: { day, removed }, text: `Exceção de ${day} removida.` }
    },
  },
}

async function showHours({ db, config, now }: AdminContext): Promise<CommandOutcome> {
  const rules = await readOfficeHours(db, config.timeZone)
  const state = officeHoursAt(now, rules)
  const exceptions = await listExceptions(db)
  const weekly = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
    weekday,
    intervals: formatIntervals(rules.weekly.get(weekday) ?? []),
  }))
  const lines = [
    ...weekly.map(({ weekday, intervals }) => `${weekdays[weekday]}: ${intervals || 'fechado'}`),
    ...exceptions.map(exceptionLine),
    `Agora: ${state.open ? 'aberto' : 'fechado'} (${reasonText(state)})`,
  ]
  return {
    data: { timeZone: config.timeZone, weekly, exceptions, open: state.open, reason: reasonText(state) },
    text: lines.join('\n'),
  }
}

async function keepException(context: AdminContext, exception: OfficeHoursException): Promise<void> {
  await inTransaction(context.db, async (trx) => {
    await putException(trx, exception)
    const intervals = formatIntervals(exception.intervals)
    await auditHours(trx, context, {
      day: exception.day,
      change: intervals === '' ? 'close' : 'open',
      intervals,
    })
  })
}

function parseReason(reason: string | undefined): string | null {
  if (reason !== undefined && (reason === '' || reason.length > 200)) {
    throw new UsageError('O motivo tem de 1 a 200 caracteres.')
  }
  return reason ?? null
}

function exceptionLine({ day, intervals, reason }: OfficeHoursException): string {
  return `${day}: ${formatIntervals(intervals) || 'fechado'}${reason === null ? '' : ` (${reason})`}`
}

/** `terca` and `terça-feira` are as good as `terça`. */
function parseWeekday(text: string): number {
  const wanted = foldedText(text.replace(/-feira$/i, ''))
  const weekday = weekdays.findIndex((name) => name !== '' && foldedText(name) === wanted)
  if (weekday < 1) {
    throw new UsageError(`"${text}" não é um dia da semana: ${weekdays.slice(1).join(', ')}.`)
  }
  return weekday
}
