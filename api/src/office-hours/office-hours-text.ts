import { DateTime } from 'luxon'
import { spokenDate } from '../speech/spoken-text.ts'
import type { OfficeHoursState } from './office-hours.ts'

/** The reason as the API tells it: `horario`, `fora_do_horario`, `feriado: Natal`, `excecao: ponto facultativo`. */
export function reasonText(state: OfficeHoursState): string {
  const { reason } = state
  if (reason.kind === 'holiday') {
    return `feriado: ${reason.name}`
  }
  if (reason.kind === 'exception') {
    return reason.text === null ? 'excecao' : `excecao: ${reason.text}`
  }
  return state.open ? 'horario' : 'fora_do_horario'
}

/** What a caller hears out of hours: when the team is back, with the day in a word where there is one. */
export function returnText(opening: Date, options: { now: Date; timeZone: string }): string {
  const day = DateTime.fromJSDate(opening, { zone: options.timeZone }).startOf('day')
  const today = DateTime.fromJSDate(options.now, { zone: options.timeZone }).startOf('day')
  const daysAway = Math.round(day.diff(today, 'days').days)
  const dayWord = ['hoje', 'amanhã'][daysAway] ?? day.setLocale('pt-BR').toFormat('cccc')
  return `O atendimento volta ${dayWord}, ${spokenDate(opening, options.timeZone, { now: options.now })}.`
}
