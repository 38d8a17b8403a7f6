import { fakeCall } from 'asterisk-agi/testing'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { expect, it } from 'vitest'
import { createAgiApp } from '../app.ts'
import { readAgiConfiguration } from '../config.ts'
import { FakeTicketApi } from '../testing/fake-ticket-api.ts'

it('answers the installer without a sound, a record or a question to the ticket API', async () => {
  const ticketApi = new FakeTicketApi()
  const app = createAgiApp(
    readAgiConfiguration({ AGI_PORT: '0', HELPDESK_API_TOKEN: 'a-token-that-is-not-used' }),
    {
      clock: systemClock,
      log: createLogger({ service: 'agi', level: 'info', destination: { write: () => {} } }),
      ticketApi: ticketApi.api,
    },
  )
  const { port } = await app.listen()
  const call = fakeCall({ port, script: 'check', caller: {} })
  const { variables } = await call.ended
  await app.close()
  expect(variables['URA_RESULT']).toBe('checked')
  expect(call.played).toEqual([])
  expect(ticketApi.records).toEqual([])
  expect(ticketApi.asked).toEqual([])
})
