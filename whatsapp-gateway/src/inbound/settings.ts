import { httpUrl, optional, secret } from '@ura/core/settings'

/** How the gateway asks the ticket API on behalf of those who write to it. */
export const inboundSettings = {
  ticketApiUrl: httpUrl('TICKET_API_URL', {
    description: 'address of the ticket API',
    default: 'http://127.0.0.1:3000',
  }),
  ticketApiToken: optional(
    secret('GATEWAY_TICKET_API_TOKEN', {
      description:
        "The gateway's token at the ticket API, of a client with the role read; unset: who writes by WhatsApp is not answered",
    }),
  ),
} as const
