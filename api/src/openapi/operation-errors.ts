import { type ErrorCode, errorTable } from '@ura/core/errors'
import type { RouteOptions } from 'fastify'

declare module 'fastify' {
  interface FastifySchema {
    /** The route's own errors for the OpenAPI document; those of every route follow by themselves. */
    errors?: readonly ErrorCode[]
  }
}

/** What decides which errors an operation can answer. */
export type DescribedRoute = Pick<RouteOptions, 'method' | 'schema' | 'config'>

/**
 * The codes that a route can answer, in the order of the error table: its own (`schema.errors`) and those that follow
 * from its method, its security and its limits.
 */
export function operationErrors({ method, schema, config }: DescribedRoute): ErrorCode[] {
  const codes = new Set<ErrorCode>(['REQUISICAO_INVALIDA', 'ERRO_INTERNO', 'SERVICO_INDISPONIVEL'])
  for (const code of schema?.errors ?? []) {
    codes.add(code)
  }
  for (const requirement of schema?.security ?? []) {
    codes.add('token' in requirement ? 'NAO_AUTENTICADO' : 'SESSAO_INVALIDA')
    codes.add('ORIGEM_NAO_PERMITIDA')
    if ('sessao' in requirement && config?.access !== 'session') {
      codes.add('PAPEL_SEM_PERMISSAO')
    }
  }
  if (takesBody(method)) {
    codes.add('CORPO_GRANDE_DEMAIS')
    codes.add('TIPO_NAO_SUPORTADO')
  }
  if (config?.rateLimit !== false) {
    codes.add('LIMITE_DE_REQUISICOES')
  }
  return (Object.keys(errorTable) as ErrorCode[]).filter((code) => codes.has(code))
}

/** Fastify reads a body, within its limits, on any method but these, whether or not the route has use for one. */
function takesBody(method: RouteOptions['method']): boolean {
  return [method].flat().some((name) => name !== 'GET' && name !== 'HEAD')
}
