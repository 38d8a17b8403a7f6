import { resolve } from 'node:path'
import { createAgiApp } from '@ura/agi/app'
import { createApi } from '@ura/api/app'
import { systemClock, type Clock } from '@ura/core/clock'
import { readConfiguration } from '@ura/core/configuration'
import { createLogger, logLevels, type Logger } from '@ura/core/logger'
import { maskPhoneNumber } from '@ura/core/phone-number'
import { runService } from '@ura/core/service'
import { choice, text } from '@ura/core/settings'
import { createGateway } from '@ura/whatsapp-gateway/app'
import { readConfigurations } from './start/configurations.ts'
import { announceRunning, forgetRunning } from './start/running.ts'
import { ensureSecrets } from './start/secrets.ts'
import { welcome } from './start/welcome.ts'

/** `npm start`: all three services in one process, on embedded defaults, until Ctrl-C. */
const startSettings = {
  dataFolder: text('DATA_DIR', { default: 'data', description: 'where everything is kept' }),
  // The terminal belongs to the welcome and to the messages; services run alone log at info.
  logLevel: choice('LOG_LEVEL', {
    default: 'warn',
    words: logLevels,
    description: 'least level that is logged',
  }),
}

await runService(async () => {
  const config = readConfiguration(startSettings, process.env)
  const dataFolder = resolve(config.dataFolder)
  const configurations = readConfigurations({
    SAMPLE_USERS: 'true',
    ...process.env,
    ...ensureSecrets(dataFolder, process.env),
    DATA_DIR: dataFolder,
    LOG_LEVEL: config.logLevel,
  })
  const partsOf = (service: string): { clock: Clock; log: Logger } => ({
    clock: systemClock,
    log: createLogger({ service, level: config.logLevel }),
  })

  const gateway = await createGateway(configurations.gateway, {
    ...partsOf('gateway'),
    onMessage: ({ to, text: message }) => console.log(`WhatsApp para ${maskPhoneNumber(to)}: ${message}`),
  })
  const { url: gatewayUrl } = await gateway.listen()
  const api = await createApi({ ...configurations.api, gatewayUrl }, partsOf('api'))
  const { url: apiUrl } = await api.listen()
  const agiApp = createAgiApp({ ...configurations.agi, ticketApiUrl: apiUrl }, partsOf('agi'))
  const agi = await agiApp.listen()

  await announceRunning(dataFolder, { apiUrl, gatewayUrl, agi })
  console.log(welcome({ apiUrl, gatewayUrl, agi, dataFolder }))
  return {
    log: partsOf('start').log,
    close: async () => {
      console.log('\nEncerrando…')
      await forgetRunning(dataFolder)
      await agiApp.close()
      await api.close()
      await gateway.close()
      console.log('Encerrado.')
    },
  }
})
