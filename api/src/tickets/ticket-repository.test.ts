import { expect, it } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { listTicketEvents } from './ticket-event-repository.ts'
import { addTicketNote, listTicketNotes } from './ticket-note-repository.ts'
import { changeTicket, findTicket, type Ticket } from './ticket-repository.ts'

async function openTicket(test: TestApi): Promise<Ticket> {
  await test.post('/api/novo_chamado', { usuario: '1001', servico: '2-2' })
  return await readTicket(test)
}

async function readTicket(test: TestApi): Promise<Ticket> {
  const ticket = await findTicket(test.api.db, 1)
  if (ticket === null) {
    throw new Error('There is no ticket.')
  }
  return ticket
}

it('keeps every change of status and assignee as an event, and adds one to the version', async () => {
  await using test = await createTestApi()
  const ticket = await openTicket(test)
  test.clock.advance({ minutes: 5 })
  const at = test.clock.now()
  const by = { actor: 'admin:ana', now: at }
  expect(await changeTicket(test.api.db, ticket, { assignee: 'Redes', ...by })).toEqual({
    statusEventId: null,
  })
  expect(await readTicket(test)).toEqual({ ...ticket, assignee: 'Redes', version: 2 })
  const both = { status: 'em_atendimento', assignee: null, ...by } as const
  expect(await changeTicket(test.api.db, await readTicket(test), both)).toMatchObject({
    statusEventId: expect.any(Number),
  })
  expect(await readTicket(test)).toEqual({ ...ticket, status: 'em_atendimento', version: 3, updatedAt: at })
  const [, ...events] = await listTicketEvents(test.api.db, 1)
  expect(events).toEqual([
    { kind: 'assignee', at, actor: 'admin:ana', from: null, to: 'Redes' },
    { kind: 'status', at, actor: 'admin:ana', from: 'aberto', to: 'em_atendimento' },
    { kind: 'assignee', at, actor: 'admin:ana', from: 'Redes', to: null },
  ])
})

it('changes nothing of a ticket that was changed since it was read', async () => {
  await using test = await createTestApi()
  const ticket = await openTicket(test)
  const by = { actor: 'admin:ana', now: test.clock.now() }
  expect(await changeTicket(test.api.db, ticket, { status: 'resolvido', ...by })).not.toBeNull()
  expect(await changeTicket(test.api.db, ticket, { status: 'cancelado', ...by })).toBeNull()
  expect(await readTicket(test)).toMatchObject({ status: 'resolvido', version: 2 })
  expect(await listTicketEvents(test.api.db, 1)).toHaveLength(2)
})

it('keeps notes in order, each a change of the ticket', async () => {
  await using test = await createTestApi()
  await openTicket(test)
  const now = test.clock.now()
  const longest = '☎'.repeat(2_000)
  await addTicketNote(test.api.db, 1, { author: 'admin:ana', text: 'Ligou de novo.', now })
  await addTicketNote(test.api.db, 1, { author: 'admin:rui', text: longest, now })
  expect(await listTicketNotes(test.api.db, 1)).toEqual([
    { id: 1, author: 'admin:ana', at: now, text: 'Ligou de novo.' },
    { id: 2, author: 'admin:rui', at: now, text: longest },
  ])
  expect((await readTicket(test)).version).toBe(3)
})
