import type { CommandLine } from '../../scripts/real-parts/chroot.ts'
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts'

export const clientToken = 'token-of-the-client-in-fault-tests'

/** A ticket API in a process of its own. */
export type ApiProcess = ServiceProcess

/**
 * Starts an API on a free port and waits until it listens.
 *
 * @param options.wrap makes the command another one that ends in it, in the same process
 * @throws Error with what it said when it ends before
 */
export async function startApiProcess(options: {
  environment: Readonly<Record<string, string>>
  wrap?: (command: string[]) => CommandLine
}): Promise<ApiProcess> {
  return await startServiceProcess({
    ...options,
    script: new URL('api-child.ts', import.meta.url),
    environment: {
      API_PORT: '0',
      API_SECRET: 'secret-of-the-api-in-fault-tests',
      GATEWAY_TOKEN: 'token-of-the-gateway-in-fault-tests',
      // Nothing listens there.
      GATEWAY_URL: 'http://127.0.0.1:1',
      HELPDESK_API_TOKEN: clientToken,
      SAMPLE_USERS: 'true',
      API_REQUESTS_PER_MINUTE: '1000000',
      ...options.environment,
    },
  })
}

/** Signs in as the first client. */
export async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/autenticar_sessao`, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientToken}` },
  })
  return ((await answer.json()) as { sessao: string }).sessao
}
