import { describe, expect, it } from 'vitest'
import { readGatewayConfiguration } from './config.ts'

describe("the gateway's configuration", () => {
  it('needs nothing but its token', () => {
    expect(readGatewayConfiguration({ GATEWAY_TOKEN: 'a'.repeat(16) })).toMatchObject({
      port: 3001,
      host: '127.0.0.1',
      driver: 'console',
      adminToken: undefined,
      queuedMax: 10_000,
    })
  })

  it('tells all its faults together and never a secret', () => {
    const faulty = { GATEWAY_TOKEN: 'short', GATEWAY_ADMIN_TOKEN: 'little', WHATSAPP_DRIVER: 'pigeon' }
    expect(() => readGatewayConfiguration(faulty)).toThrow(
      /GATEWAY_TOKEN(?!.*short)[^]*GATEWAY_ADMIN_TOKEN(?!.*little)[^]*WHATSAPP_DRIVER/,
    )
  })
})
