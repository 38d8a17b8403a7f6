import { DateTime } from 'luxon'
import { inTransaction } from '../database/transaction.ts'
import { brazilianHoliday } from '../office-hours/brazilian-holidays.ts'
import { listHolidays, putHoliday, removeHoliday } from '../office-hours/office-hours-administration.ts'
import { parseName } from './catalogue-change.ts'
import { type Commands, formatTable, integerOption, RefusedError, UsageError } from './command.ts'
import { auditHours, isDate } from './hours-arguments.ts'

export const holidayCommands: Commands = {
  'holidays list': {
    usage: 'holidays list',
    summary: 'Lista os feriados de um ano: os nacionais e os que foram incluídos aqui',
    positionals: { min: 0, max: 0 },
    options: { year: { value: 'AAAA', summary: 'Ano; padrão o atual' } },
    async run({ db, config, now }, input) {
      const thisYear = DateTime.fromJSDate(now, { zone: config.timeZone }).year
      const year = integerOption(input, 'year', { min: 2_000, max: 2_100, default: thisYear })
      const local = (await listHolidays(db))
        .filter(({ day }) => day.length === 5 || day.startsWith(`${year}-`))
        .map(({ day, name }) => ({
          day: `${year}-${day.slice(-5)}`,
          name,
          isLocal: true,
          everyYear: day.length === 5,
        }))
      const holidays = [...nationalHolidays(year), ...local].toSorted((one, other) =>
        one.day < other.day ? -1 : 1,
      )
      const rows = holidays.map(({ day, name, isLocal, everyYear }) => [
        day,
        name,
        isLocal ? (everyYear ? 'local, todo ano' : 'local') : 'nacional',
      ])
      return { data: holidays, text: formatTable([['DIA', 'FERIADO', 'TIPO'], ...rows]) }
    },
  },
  'holidays add': {
    usage: 'holidays add DATA NOME',
    summary: 'Inclui um feriado do estado ou da cidade: AAAA-MM-DD, ou MM-DD para todo ano',
    positionals: { min: 2, max: 2 },
    async run(context, { positionals: [date = '', typed = ''] }) {
      const [day, name] = [parseHoliday(date), parseName(typed)]
      await inTransaction(context.db, async (trx) => {
        await putHoliday(trx, { day, name })
        await auditHours(trx, context, { day, change: 'holiday', name })
      })
      return { data: { day, name }, text: `Feriado incluído: ${day} ${name}.` }
    },
  },
  'holidays remove': {
    usage: 'holidays remove DATA',
    summary: 'Remove um feriado que foi incluído aqui (para trabalhar num nacional: hours open)',
    positionals: { min: 1, max: 1 },
    async run(context, { positionals: [date = ''] }) {
      const day = parseHoliday(date)
      await inTransaction(context.db, async (trx) => {
        if (!(await removeHoliday(trx, day))) {
          throw new RefusedError(`Não há feriado local em ${day}.`)
        }
        await auditHours(trx, context, { day, change: 'holiday_removed' })
      })
      return { data: { day, removed: true }, text: `Feriado de ${day} removido.` }
    },
  },
}

function nationalHolidays(year: number) {
  const first = DateTime.utc(year, 1, 1)
  return Array.from({ length: first.daysInYear }, (_unused, index) =>
    first.plus({ days: index }).toFormat('yyyy-MM-dd'),
  ).flatMap((day) => {
    const name = brazilianHoliday(day)
    return name === null ? [] : [{ day, name, isLocal: false, everyYear: false }]
  })
}

/** 2028 is a leap year: 02-29 is a day of some years. */
function parseHoliday(text: string): string {
  if (!isDate(text) && !isDate(`2028-${text}`)) {
    throw new UsageError(`"${text}" não é uma data como 2026-06-13, ou 06-13 para todo ano.`)
  }
  return text
}
