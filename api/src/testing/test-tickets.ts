import type { TestApi } from './test-api.ts'
import type { TestClient } from './test-clients.ts'

/** Opens a ticket of user 1001 by phone and gives its protocol. */
export async function openedTicket(test: TestApi): Promise<string> {
  const answer = await test.post('/api/novo_chamado', { usuario: '1001', servico: '2-2' })
  return answer.json<{ protocolo: string }>().protocolo
}

/** Takes up a ticket as it was read and gives the status of the answer. */
export async function changedTicket(client: TestClient, protocol: string, etag: string): Promise<number> {
  const body = { status: 'em_atendimento' }
  return (await client.patch(`/api/v1/tickets/${protocol}`, body, { 'if-match': etag })).statusCode
}
