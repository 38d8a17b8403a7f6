import { readAgiConfiguration, type AgiConfiguration } from '@ura/agi/config'
import { readApiConfiguration, type ApiConfiguration } from '@ura/api/config'
import { ConfigurationError, type Environment } from '@ura/core/configuration'
import { readGatewayConfiguration, type GatewayConfiguration } from '@ura/whatsapp-gateway/config'

export interface Configurations {
  gateway: GatewayConfiguration
  api: ApiConfiguration
  agi: AgiConfiguration
}

/**
 * The configurations of all services, read before any of them starts.
 * @throws ConfigurationError with the faults of all of them, each once.
 */
export function readConfigurations(environment: Environment): Configurations {
  const faults = new Set<string>()
  const read = <T>(reader: (environment: Environment) => T): T | null => {
    try {
      return reader(environment)
    } catch (error) {
      if (!(error instanceof ConfigurationError)) {
        throw error
      }
      error.faults.forEach((fault) => faults.add(fault))
      return null
    }
  }
  const gateway = read(readGatewayConfiguration)
  const api = read(readApiConfiguration)
  const agi = read(readAgiConfiguration)
  if (gateway === null || api === null || agi === null) {
    throw new ConfigurationError([...faults])
  }
  return { gateway, api, agi }
}
