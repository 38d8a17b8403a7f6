import { httpUrl, optional, secret } from '@ura/core/settings'

const alertSecret = secret('GATEWAY_ALERT_SECRET', {
  description: 'Signs the alerts, as whsec_… of Standard Webhooks; unset: they are not signed',
})

/** Where to tell of a channel that needs a person. */
export const alertSettings = {
  alertUrl: optional({
    ...httpUrl('GATEWAY_ALERT_URL', {
      description:
        'Address told (POST) when WhatsApp or e-mail needs a person, and when it works again; unset: none',
    }),
    // Addresses of chat tools are passwords themselves.
    secret: true,
  }),
  alertSecret: optional({
    ...alertSecret,
    parse: (value) => {
      if (!/^whsec_[A-Za-z0-9+/]{22,}={0,2}$/.test(value)) {
        throw new Error('must be whsec_ and at least 16 bytes in base64')
      }
      return alertSecret.parse(value)
    },
  }),
} as const
