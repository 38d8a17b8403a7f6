import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import { createLogger } from '@ura/core/logger'
import { createGateway, type Gateway, type GatewayParts, type PrintedMessage } from '../app.ts'
import { readGatewayConfiguration } from '../config.ts'
import { ManualTime } from './manual-time.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const gatewayToken = 'gateway-token-for-tests'
export const adminToken = 'admin-token-for-tests'

export interface GatewayUnderTest {
  gateway: Gateway
  time: ManualTime
  /** What the console driver printed. */
  printed: PrintedMessage[]
  /** Every log line, as JSON text. */
  logLines: string[]
  /** A request with the gateway token. */
  request: (options: InjectOptions) => Promise<LightMyRequestResponse>
  /** Asks to send a message, with an idempotency key and a time to wait when they are given. */
  send: (body: object, options?: { key?: string; wait?: number }) => Promise<LightMyRequestResponse>
}

/**
 * The whole gateway in memory and a temporary folder, with a clock that stands still; closed with the test. Its timers are the
 * machine's own unless `hasManualTimers`, which moves them with the clock.
 */
export async function startGateway(
  options: {
    environment?: Record<string, string>
    parts?: Partial<GatewayParts>
    hasManualTimers?: boolean
  } = {},
): Promise<GatewayUnderTest> {
  const time = new ManualTime()
  const printed: PrintedMessage[] = []
  const logLines: string[] = []
  const log = createLogger({
    service: 'whatsapp-gateway',
    level: 'trace',
    destination: { write: (line: string) => void logLines.push(line) },
  })
  const config = readGatewayConfiguration({
    GATEWAY_TOKEN: gatewayToken,
    GATEWAY_PORT: '0',
    DATA_DIR: temporaryFolder(),
    ...options.environment,
  })
  const gateway = await createGateway(config, {
    clock: time,
    log,
    onMessage: (message) => printed.push(message),
    ...(options.hasManualTimers === true ? { timers: time } : {}),
    ...options.parts,
  })
  onTestFinished(() => gateway.close())
  const request = (injected: InjectOptions): Promise<LightMyRequestResponse> =>
    gateway.fastify.inject({
      ...injected,
      headers: { authorization: `Bearer ${gatewayToken}`, ...injected.headers },
    })
  const send: GatewayUnderTest['send'] = (body, { key, wait } = {}) =>
    request({
      method: 'POST',
      url: `/api/send-message${wait === undefined ? '' : `?wait=${wait}`}`,
      payload: body,
      headers: key === undefined ? {} : { 'idempotency-key': key },
    })
  return { gateway, time, printed, logLines, request, send }
}
