import { agiSettings } from '@ura/agi/config'
import { apiSettings } from '@ura/api/config'
import { describeConfiguration } from '@ura/core/configuration'
import { gatewaySettings } from '@ura/whatsapp-gateway/config'

/** `npm run config:show`: the configuration in force, service by service, secrets masked. */
for (const [service, settings] of Object.entries({
  api: apiSettings,
  agi: agiSettings,
  gateway: gatewaySettings,
})) {
  console.log(`\n${service}`)
  for (const { variable, value, origin, description } of describeConfiguration(settings, process.env)) {
    console.log(`  ${`${variable}=${value}`.padEnd(48)} ${origin.padEnd(12)} ${description}`)
  }
}
