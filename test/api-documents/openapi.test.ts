import { readFile, writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenApiDocument } from '@ura/api/openapi/document'
import { lint, loadConfig } from '@redocly/openapi-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { type GeneratedFile, generateApiDocuments } from '../../scripts/api-documents/generate.ts'

const root = new URL('../../', import.meta.url).pathname
let files: GeneratedFile[]

beforeAll(async () => {
  files = await generateApiDocuments()
})

describe('the documents made of the schemas', () => {
  it('are checked in as they are made today (npm run docs:api writes them)', async () => {
    for (const { file, text } of files) {
      const kept = await readFile(join(root, file), 'utf8').catch(() => '')
      expect(kept === text, `${file} is out of date: npm run docs:api`).toBe(true)
    }
  })
})

describe('the OpenAPI document', () => {
  it('passes every rule of redocly.yaml, warnings included', async () => {
    expect(await problemsOf(documentText())).toEqual([])
  })

  it('would not pass with an example that its schema refuses, or without an operationId', async () => {
    const document = JSON.parse(documentText()) as OpenApiDocument
    const operation = document.paths['/api/verificar_usuario']?.['post']
    delete operation?.operationId
    Object.assign(operation?.requestBody?.content['application/json'] ?? {}, { example: { usuario: 7 } })
    const problems = await problemsOf(JSON.stringify(document))
    expect(problems.join('\n')).toContain('operation-operationId')
    expect(problems.join('\n')).toContain('no-invalid-media-type-examples')
  })
})

function documentText(): string {
  return files.find(({ file }) => file === 'docs/openapi.json')?.text ?? ''
}

async function problemsOf(text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ura-openapi-'))
  try {
    const ref = join(folder, 'openapi.json')
    await writeFile(ref, text)
    const config = await loadConfig({ configPath: join(root, 'redocly.yaml') })
    const problems = await lint({ ref, config })
    return problems.map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer ?? ''})`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
