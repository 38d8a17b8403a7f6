import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import type { OpenApiDocument } from '@ura/api/openapi/document'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'

/** The OpenAPI document of the API as it is in the sources, made by composing it on an empty database in memory. */
export async function generateOpenApiDocument(): Promise<OpenApiDocument> {
  const folder = await mkdtemp(join(tmpdir(), 'ura-api-document-'))
  const config = readApiConfiguration({
    DATA_DIR: folder,
    DATABASE_URL: 'sqlite::memory:',
    API_SECRET: 'secret-of-no-installation',
    GATEWAY_TOKEN: 'token-of-no-installation',
  })
  const log = createLogger({ service: 'api', level: 'silent' })
  const api = await createApi(config, { clock: systemClock, log })
  try {
    return api.fastify.swagger() as unknown as OpenApiDocument
  } finally {
    await api.close()
    await rm(folder, { recursive: true, force: true })
  }
}
