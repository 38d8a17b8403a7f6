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

  it('of cloud-api names each setting that is missing, and no secret', () => {
    const cloud = {
      GATEWAY_TOKEN: 'a'.repeat(16),
      WHATSAPP_DRIVER: 'cloud-api',
      WHATSAPP_CLOUD_TOKEN: 'secret-token-of-meta',
      WHATSAPP_CLOUD_TIMEOUT_MS: '30000',
    }
    expect(() => readGatewayConfiguration(cloud)).toThrow(
      /^(?![^]*secret-token-of-meta)[^]*APP_SECRET is not set[^]*VERIFY_TOKEN is not set[^]*PHONE_NUMBER_ID is not set[^]*CLOUD_TIMEOUT_MS must be less/,
    )
    expect(() => readGatewayConfiguration({ ...cloud, WHATSAPP_CLOUD_PHONE_NUMBER_ID: '+5545' })).toThrow(
      'WHATSAPP_CLOUD_PHONE_NUMBER_ID must be the id',
    )
  })
})
