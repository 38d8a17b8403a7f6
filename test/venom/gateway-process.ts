import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts'

export const adminToken = 'admin-token-for-tests'
export const gatewayToken = 'gateway-token-for-tests'

/**
 * A gateway in a process of its own, as an administrator runs it.
 *
 * @throws Error with what it said when it ends before it listens
 */
export function startGatewayProcess(environment: Record<string, string>): Promise<ServiceProcess> {
  return startServiceProcess({
    script: new URL('../../whatsapp-gateway/src/main.ts', import.meta.url),
    environment: {
      GATEWAY_TOKEN: gatewayToken,
      GATEWAY_ADMIN_TOKEN: adminToken,
      GATEWAY_PORT: '0',
      ...environment,
    },
  })
}
