import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import { DateTime } from 'luxon'
import { ticketIdOf } from '../tickets/protocol.ts'
import { listTickets } from '../tickets/ticket-listing.ts'
import { ticketStatuses } from '../tickets/ticket-text.ts'
import { type Command, type CommandInput, formatTable, integerOption, UsageError } from './command.ts'

export const ticketListCommand: Command = {
  usage: 'tickets list',
  summary: 'Lista os chamados, os mais novos primeiro',
  positionals: { min: 0, max: 0 },
  options: {
    status: { value: 'LISTA', summary: `Situações, separadas por vírgula: ${ticketStatuses.join(', ')}` },
    user: { value: 'CÓDIGO', summary: 'Só deste usuário' },
    service: { value: 'CÓDIGO', summary: 'Só deste serviço' },
    assignee: { value: 'NOME', summary: 'Só deste responsável' },
    since: { value: 'AAAA-MM-DD', summary: 'Abertos neste dia ou depois' },
    until: { value: 'AAAA-MM-DD', summary: 'Abertos até este dia, inclusive' },
    limit: { value: 'N', summary: 'Quantos no máximo, de 1 a 1000; padrão 50' },
    before: { value: 'PROTOCOLO', summary: 'Continua depois deste chamado' },
  },
  async run({ db, config }, input) {
    const limit = integerOption(input, 'limit', { min: 1, max: 1_000, default: 50 })
    const filter = {
      statuses: parseStatuses(input.value('status')),
      userCode: input.value('user') ?? null,
      serviceCode: input.value('service') ?? null,
      assignee: input.value('assignee') ?? null,
      since: dayOption(input, 'since', config.timeZone)?.toJSDate() ?? null,
      until: dayOption(input, 'until', config.timeZone)?.plus({ days: 1 }).toJSDate() ?? null,
      beforeId: parseBefore(input.value('before')),
    }
    // One more than shown tells whether there is a next page.
    const found = await listTickets(db, filter, limit + 1)
    const tickets = found.slice(0, limit).map(({ id: _id, ...ticket }) => ticket)
    const next = found.length > limit ? (tickets.at(-1)?.protocol ?? null) : null
    const rows = tickets.map((ticket) => [
      ticket.protocol,
      ticket.status,
      localTime(ticket.openedAt, config.timeZone),
      ticket.service,
      `${ticket.userCode} ${ticket.userName}`,
      ticket.assignee ?? '-',
    ])
    const table = formatTable([
      ['PROTOCOLO', 'SITUAÇÃO', 'ABERTO EM', 'SERVIÇO', 'USUÁRIO', 'RESPONSÁVEL'],
      ...rows,
    ])
    return {
      data: { tickets, next },
      text: next === null ? table : `${table}\nHá mais: continue com --before ${next}`,
    }
  },
}

/** A status as it is typed. */
export function parseStatus(word: string): TicketStatus {
  const status = ticketStatuses.find((candidate) => candidate === word)
  if (status === undefined) {
    throw new UsageError(`"${word}" não é uma situação: ${ticketStatuses.join(', ')}.`)
  }
  return status
}

function parseStatuses(list: string | undefined): TicketStatus[] | null {
  return list === undefined ? null : list.split(',').map((word) => parseStatus(word.trim()))
}

function parseBefore(protocol: string | undefined): number | null {
  const id = protocol === undefined ? null : ticketIdOf(protocol)
  if (protocol !== undefined && id === null) {
    throw new UsageError(`"${protocol}" não é um protocolo.`)
  }
  return id
}

function dayOption(input: CommandInput, name: string, timeZone: string): DateTime | null {
  const text = input.value(name)
  if (text === undefined) {
    return null
  }
  const day = DateTime.fromFormat(text, 'yyyy-MM-dd', { zone: timeZone })
  if (!day.isValid) {
    throw new UsageError(`--${name} é uma data como 2026-12-24.`)
  }
  return day
}

function localTime(instant: Date, timeZone: string): string {
  return DateTime.fromJSDate(instant, { zone: timeZone }).toFormat('yyyy-MM-dd HH:mm')
}
