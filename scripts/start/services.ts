import { agiSettings } from '@ura/agi/config'
import { apiSettings } from '@ura/api/config'
import type { Settings } from '@ura/core/configuration'
import { gatewaySettings } from '@ura/whatsapp-gateway/config'

/** Every service with its settings. */
export const services: Readonly<Record<string, Settings>> = {
  api: apiSettings,
  agi: agiSettings,
  'whatsapp-gateway': gatewaySettings,
}
