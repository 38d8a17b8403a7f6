import { resolve } from 'node:path'
import type { Environment } from '@ura/core/configuration'
import { findRunning } from '../start/running.ts'
import { findSecret } from '../start/secrets.ts'

export interface Services {
  agi: { host: string; port: number }
  apiUrl: string
  apiToken: string
  gatewayUrl: string
  gatewayToken: string
  soundsFolder: string
}

/**
 * Where the services listen and with which tokens: those of the `npm start` that runs on DATA_DIR, unless the
 * environment names a port.
 */
export function findServices(environment: Environment): Services {
  const dataFolder = resolve(environment['DATA_DIR'] || 'data')
  const running = findRunning(dataFolder)
  const port = (name: string, usual: number): number => Number(environment[name] ?? '') || usual
  const local = (name: string, usual: number, url: string | undefined): string =>
    Number(environment[name] ?? '') > 0 || url === undefined ? `http://127.0.0.1:${port(name, usual)}` : url
  return {
    agi:
      Number(environment['AGI_PORT'] ?? '') > 0 || running === null
        ? { host: '127.0.0.1', port: port('AGI_PORT', 4573) }
        : running.agi,
    apiUrl: local('API_PORT', 3000, running?.apiUrl),
    apiToken: findSecret('HELPDESK_API_TOKEN', dataFolder, environment),
    gatewayUrl: local('GATEWAY_PORT', 3001, running?.gatewayUrl),
    gatewayToken: findSecret('GATEWAY_TOKEN', dataFolder, environment),
    soundsFolder: resolve('freepbx-dialplan/sounds/pt_BR'),
  }
}
