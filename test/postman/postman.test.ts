import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostmanCollection } from '../../scripts/api-documents/postman-collection.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { ensureNewman } from '../../scripts/real-parts/newman.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'

const folder = new URL('../../docs/postman/', import.meta.url).pathname
const collectionFile = join(folder, 'ura-chamados.postman_collection.json')
const environmentFile = join(folder, 'local.postman_environment.json')
const newman = await ensureNewman()
if (!newman.available) {
  process.stderr.write(`*** SKIPPED: the Postman collection in Postman's runner (${newman.reason})\n`)
}

/** What newman's JSON report tells that the tests need. */
interface Report {
  run: {
    stats: Record<'requests' | 'assertions', { total: number; failed: number }>
    failures: { source: { name: string }; error: { test: string; message: string } }[]
    executions: { item: { name: string }; response?: { code: number } }[]
  }
}

let system: HelpdeskSystem
let workFolder: string

beforeAll(async () => {
  workFolder = await mkdtemp(join(tmpdir(), 'ura-postman-'))
  system = await HelpdeskSystem.start()
})

afterAll(async () => {
  await system.stop()
  await rm(workFolder, { recursive: true, force: true })
})

describe.skipIf(!newman.available && !realPartsRequired())('the Postman collection, run by newman', () => {
  it('makes a whole call with the original endpoints, in order', async () => {
    const { run } = await runCollection(['--folder', 'Uma ligação'])
    expect(
      run.failures.map(({ source, error }) => `${source.name}: ${error.test}: ${error.message}`),
    ).toEqual([])
    expect(run.executions.map(({ item, response }) => `${item.name} ${response?.code}`)).toEqual([
      '1. autenticar_sessao 200',
      '2. verificar_usuario 200',
      '3. get_user_to_speech 200',
      '4. solicitar_codigo 202',
      '5. verificar_codigo 200',
      '6. servicos 200',
      '7. novo_chamado 201',
      '8. verificar_chamado 200',
      '9. horario_atendimento 200',
      '10. remover_audio 200',
    ])
  })

  it('has every operation, and each answers as the document tells', async () => {
    const { run } = await runCollection([])
    expect(
      run.failures.map(({ source, error }) => `${source.name}: ${error.test}: ${error.message}`),
    ).toEqual([])
    const collection = JSON.parse(await readFile(collectionFile, 'utf8')) as PostmanCollection
    const requests = collection.item.flatMap(({ item }) => item).length
    expect(run.executions).toHaveLength(requests)
    expect(run.stats.assertions.total).toBeGreaterThanOrEqual(requests * 2)
    recordFigure(
      'Postman requests run by newman',
      `${requests} with ${run.stats.assertions.total} assertions`,
    )
  })

  it('would fail where an answer has another form', async () => {
    const text = await readFile(collectionFile, 'utf8')
    const broken = join(workFolder, 'broken.json')
    await writeFile(
      broken,
      text.replaceAll('\\"required\\":[\\"status\\"', '\\"required\\":[\\"nothing\\",\\"status\\"'),
    )
    const { run } = await runCollection(['--folder', 'Uma ligação'], broken)
    expect(run.failures.length).toBeGreaterThan(0)
  })
})

async function runCollection(options: string[], collection = collectionFile): Promise<Report> {
  if (!newman.available) {
    throw new Error(newman.reason)
  }
  const reportFile = join(workFolder, 'report.json')
  const { apiUrl, gatewayUrl, gatewayToken, clientToken } = system
  const variables = {
    endereco: apiUrl,
    token: clientToken,
    gateway: gatewayUrl,
    token_do_gateway: gatewayToken,
  }
  await promisify(execFile)(process.execPath, [
    newman.executable,
    'run',
    collection,
    '--environment',
    environmentFile,
    ...Object.entries(variables).flatMap(([key, value]) => ['--env-var', `${key}=${value}`]),
    '--reporters',
    'json',
    '--reporter-json-export',
    reportFile,
    '--suppress-exit-code',
    ...options,
  ])
  const { run } = JSON.parse(await readFile(reportFile, 'utf8')) as Report
  // What a script asks for by itself is listed before its item's own request, under the same name.
  const executions = run.executions.filter(({ item }, index, all) => item.name !== all[index + 1]?.item.name)
  return { run: { ...run, executions } }
}
