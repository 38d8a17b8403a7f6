import { RefusedError } from '@ura/core/command-line/command'
import { StartupError } from '@ura/core/service'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { DeadLetterDetails, DeadLetterPage, GatewayStatus, ReplayAnswer } from '../dead-letters/schemas.ts'

/** What an administrator can ask of a running gateway. */
export interface GatewayAdministration {
  status(): Promise<GatewayStatus>
  deadLetters(query: { states: string | null; before: string | null; limit: number }): Promise<DeadLetterPage>
  message(id: string): Promise<DeadLetterDetails>
  replay(id: string, options: { force: boolean }): Promise<ReplayAnswer>
}

const answerMsMax = 10_000

/**
 * The gateway's admin API over HTTP. Every call fails by
 * - RefusedError with the gateway's own words, when it says no,
 * - StartupError (pt-BR) when it can't be reached, doesn't take the token or isn't a gateway with an admin API.
 */
export function createGatewayAdministration(options: { url: string; token: string }): GatewayAdministration {
  const { url, token } = options

  async function ask<S extends TSchema>(
    schema: S,
    path: string,
    request: { method: 'GET' } | { method: 'POST'; body: object } = { method: 'GET' },
  ): Promise<Static<S>> {
    let response: Response
    let body: unknown
    try {
      response = await fetch(`${url}${path}`, {
        method: request.method,
        headers: {
          authorization: `Bearer ${token}`,
          ...('body' in request ? { 'content-type': 'application/json' } : {}),
        },
        ...('body' in request ? { body: JSON.stringify(request.body) } : {}),
        signal: AbortSignal.timeout(answerMsMax),
      })
      body = await response.json()
    } catch (error) {
      throw new StartupError(`O gateway não responde em ${url}. Ele está rodando?`, { cause: error })
    }
    if (!response.ok) {
      throw refusalOf(response.status, body)
    }
    const validator = Compile(schema)
    if (!validator.Check(body)) {
      throw new StartupError(`Em ${url} responde outra coisa que não este gateway.`)
    }
    return body
  }

  return {
    status: () => ask(GatewayStatus, '/admin/status'),
    deadLetters({ states, before, limit }) {
      const query = new URLSearchParams({ limit: String(limit) })
      if (states !== null) {
        query.set('state', states)
      }
      if (before !== null) {
        query.set('before', before)
      }
      return ask(DeadLetterPage, `/admin/messages?${query.toString()}`)
    },
    message: (id) => ask(DeadLetterDetails, `/admin/messages/${encodeURIComponent(id)}`),
    replay: (id, { force }) =>
      ask(ReplayAnswer, `/admin/messages/${encodeURIComponent(id)}/replay`, {
        method: 'POST',
        body: { force },
      }),
  }
}

function refusalOf(status: number, body: unknown): Error {
  const { codigo, mensagem } = faultOf(body)
  if (status === 401) {
    return new StartupError('O gateway não aceita este GATEWAY_ADMIN_TOKEN.')
  }
  if (codigo === 'ROTA_NAO_ENCONTRADA') {
    return new StartupError('O gateway roda sem GATEWAY_ADMIN_TOKEN, e assim não tem administração.')
  }
  return new RefusedError(
    mensagem ?? `O gateway respondeu ${status}.`,
    codigo === null ? {} : { code: codigo },
  )
}

function faultOf(body: unknown): { codigo: string | null; mensagem: string | null } {
  const fault = typeof body === 'object' && body !== null && 'erro' in body ? body.erro : null
  const { codigo, mensagem } = (fault ?? {}) as { codigo?: unknown; mensagem?: unknown }
  return {
    codigo: typeof codigo === 'string' ? codigo : null,
    mensagem: typeof mensagem === 'string' ? mensagem : null,
  }
}
