import { integer } from '@ura/core/settings'

/** When a code that was sent by WhatsApp goes by e-mail as well. */
export const fallbackSettings = {
  fallbackSeconds: integer('GATEWAY_FALLBACK_SECONDS', {
    description: 'Seconds after which a code that WhatsApp has not delivered goes by e-mail as well',
    min: 1,
    max: 600,
    default: 20,
  }),
} as const
