import { writeFile } from 'node:fs/promises'
import { readAgiConfiguration } from '@ura/agi/config'
import { createTicketApiClient } from '@ura/core/ticket-api/client'
import { exampleIvr } from '../freepbx-dialplan/example-ivr.ts'
import { exampleCatalogueOf, firstExampleCatalogue } from './dialplan-example/first-example.ts'

/**
 * `npm run dialplan:example`: writes freepbx-dialplan/example-ivr.conf from the first catalogue; with `--live` prints it
 * for the catalogue of the API that TICKET_API_URL and HELPDESK_API_TOKEN name.
 */
if (process.argv.includes('--live')) {
  const { ticketApiUrl, ticketApiToken } = readAgiConfiguration(process.env)
  const ticketApi = createTicketApiClient({ baseUrl: ticketApiUrl, clientToken: ticketApiToken })
  process.stdout.write(exampleIvr(exampleCatalogueOf(await ticketApi.catalogue())))
} else {
  await writeFile(
    new URL('../freepbx-dialplan/example-ivr.conf', import.meta.url),
    exampleIvr(firstExampleCatalogue()),
  )
  console.log('written  freepbx-dialplan/example-ivr.conf')
}
