import { describeConfiguration } from '@ura/core/configuration'
import { envExample } from './start/env-example.ts'
import { services } from './start/services.ts'

/**
 * `npm run config:show`: the configuration in force, service by service, secrets masked; with `--env-example` what
 * `.env.example` must hold.
 */
if (process.argv.includes('--env-example')) {
  process.stdout.write(envExample(services))
} else {
  console.log('What each service reads when it runs alone; npm start makes the secrets itself.')
  for (const [service, settings] of Object.entries(services)) {
    console.log(`\n${service}`)
    for (const { variable, value, origin, description, fault } of describeConfiguration(
      settings,
      process.env,
    )) {
      console.log(`  ${`${variable}=${value}`.padEnd(48)} ${origin.padEnd(12)} ${description}`)
      if (fault !== null) {
        console.log(`  ^ ${fault}`)
        process.exitCode = 2
      }
    }
  }
}
