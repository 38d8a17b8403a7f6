import { FakeDriver } from './fake-driver.ts'
import { type GatewayUnderTest, startGateway } from './gateway-under-test.ts'

export const phone = '+5545999990001'
export const email = 'maria@prefeitura.example'

export interface TwoChannelGateway extends GatewayUnderTest {
  whatsapp: FakeDriver
  mail: FakeDriver
  /** A message as the gateway tells it. */
  told: (id: string) => Promise<{
    state: string
    channel: string
    to: string
    deadline: string
    fallback: { id: string; channel: string; state: string } | null
    history: { state: string; reason: string | null }[]
  }>
}

/** A gateway with a fake driver on each channel and a time that stands still; WhatsApp hears of deliveries unless told otherwise. */
export async function startTwoChannels(
  options: {
    whatsapp?: FakeDriver
    mail?: FakeDriver
    environment?: Record<string, string>
  } = {},
): Promise<TwoChannelGateway> {
  const { whatsapp = new FakeDriver({ tellsDelivery: true }), mail = new FakeDriver(), environment } = options
  const gateway = await startGateway({
    hasManualTimers: true,
    parts: { driver: whatsapp, emailDriver: mail },
    ...(environment === undefined ? {} : { environment }),
  })
  return {
    ...gateway,
    whatsapp,
    mail,
    told: async (id) => (await gateway.request({ url: `/api/messages/${id}` })).json(),
  }
}
