import { DateTime } from 'luxon'
import { inTransaction } from '../database/transaction.ts'
import { recordAudit } from '../audit/audit-log.ts'
import { formatIntervals, parseIntervals } from '../office-hours/intervals.ts'
import { type DayInterval, officeHoursAt } from '../office-hours/office-hours.ts'
import {
  listExceptions,
  type OfficeHoursException,
  putException,
  readOfficeHours,
  removeException,
} from '../office-hours/office-hours-repository.ts'
import { reasonText } from '../office-hours/office-hours-text.ts'
import { type AdminContext, type CommandOutcome, type Commands, RefusedError, UsageError } from './command.ts'

const weekdays = ['', 'segunda', 'terça', 'quarta', 'quinta', 'sexta', 'sábado', 'domingo']
const wholeDay: readonly DayInterval[] = [{ opens: '00:00', closes: '24:00' }]

const reasonOption = { reason: { value: 'TEXTO', summary: 'Motivo, de 1 a 200 caracteres' } }

export const hoursCommands: Commands = {
  'hours show': {
    usage: 'hours show',
    summary: 'Mostra o horário da semana, as exceções e a situação agora',
    positionals: { min: 0, max: 0 },
    run: showHours,
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
      const intervals = list === undefined ? wholeDay : parseIntervals(list)
      if (intervals === null || intervals.length === 0) {
        throw new UsageError(`"${list}" não é uma lista como 08:00-12:00,13:00-17:00.`)
      }
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
          await auditChange({ ...context, db: trx }, { day, change: 'clear' })
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
    ...exceptions.map(
      ({ day, intervals, reason }) =>
        `${day}: ${formatIntervals(intervals) || 'fechado'}${reason === null ? '' : ` (${reason})`}`,
    ),
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
    await auditChange(
      { ...context, db: trx },
      { day: exception.day, change: intervals === '' ? 'close' : 'open', intervals },
    )
  })
}

async function auditChange(context: AdminContext, detail: Record<string, string>): Promise<void> {
  const { db, actor, now } = context
  await recordAudit(db, { event: 'office_hours_changed', source: { actor }, at: now, detail })
}

function parseDay(text: string, { config, now }: AdminContext): string {
  if (text === 'hoje' || text === 'today') {
    return DateTime.fromJSDate(now, { zone: config.timeZone }).toFormat('yyyy-MM-dd')
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !DateTime.fromISO(text, { zone: 'utc' }).isValid) {
    throw new UsageError(`"${text}" não é uma data como 2026-12-24, nem "hoje".`)
  }
  return text
}

function parseReason(reason: string | undefined): string | null {
  if (reason !== undefined && (reason === '' || reason.length > 200)) {
    throw new UsageError('O motivo tem de 1 a 200 caracteres.')
  }
  return reason ?? null
}
