import { integer, optional, text } from '@ura/core/settings'

/** Environment variables of the driver `venom`; only read when WHATSAPP_DRIVER is venom. */
export const venomSettings = {
  venomModules: optional(
    text('VENOM_MODULES', {
      description:
        'venom: folder that venom-bot was installed in (docs/whatsapp-venom.md); unset: whatsapp-gateway/venom',
    }),
  ),
  venomBrowser: text('VENOM_BROWSER', {
    description: 'venom: Chromium or Google Chrome',
    default: '/usr/bin/chromium',
  }),
  venomQrMax: integer('VENOM_QR_MAX', {
    description: 'venom: QR codes that are shown before the page asks for a click to go on',
    min: 1,
    max: 100,
    default: 10,
  }),
  venomDailyMax: integer('VENOM_DAILY_MAX', {
    description:
      'venom: messages a day, by TIME_ZONE; more are refused, because WhatsApp bans who sends many',
    min: 1,
    max: 5_000,
    default: 300,
  }),
} as const
