import type { CatalogueAnswer } from '@ura/core/ticket-api/schemas'
import { describe, expect, it } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'

async function readCatalogue(test: TestApi): Promise<CatalogueAnswer> {
  return (await test.get('/api/servicos')).json<CatalogueAnswer>()
}

describe('GET /api/servicos', () => {
  it('offers the first catalogue, key by key', async () => {
    await using test = await createTestApi()
    const { categorias } = await readCatalogue(test)
    expect(categorias.map(({ tecla, nome, servicos }) => [tecla, nome, servicos.length])).toEqual([
      ['1', 'Sistemas', 2],
      ['2', 'Computador', 6],
      ['3', 'Impressoras', 3],
      ['4', 'Liberação de acessos', 4],
      ['5', 'Projetor multimídia', 1],
      ['6', 'Ramal telefônico', 1],
    ])
    expect(categorias[1]?.servicos[1]).toEqual({
      codigo: 'computador-nao-liga',
      opcao: 2,
      nome: 'Computador não liga',
    })
    const codes = categorias.flatMap((category) => category.servicos.map((service) => service.codigo))
    expect(new Set(codes).size).toBe(17)
  })

  it('has its menus as text and as audio', async () => {
    await using test = await createTestApi()
    const { menu, categorias } = await readCatalogue(test)
    expect(menu.texto).toBe(
      'Sistemas, tecle 1. Computador, tecle 2. Impressoras, tecle 3. ' +
        'Liberação de acessos, tecle 4. Projetor multimídia, tecle 5. Ramal telefônico, tecle 6. ' +
        'Para ouvir novamente, tecle 7. Para voltar, tecle asterisco.',
    )
    expect(categorias[0]?.menu.texto).toBe(
      'Atualização do portal, tecle 1. Problemas diversos, tecle 2. ' +
        'Para ouvir novamente, tecle 9. Para voltar, tecle asterisco.',
    )
    const audio = await test.api.fastify.inject({ url: new URL(menu.url ?? '').pathname })
    expect([audio.statusCode, audio.body]).toEqual([200, menu.texto])
  })

  it('answers 304 to its own ETag, and changes with the content, at the next request', async () => {
    await using test = await createTestApi()
    const first = await test.get('/api/servicos')
    const etag = String(first.headers.etag)
    expect(etag).toBe(`"${first.json<CatalogueAnswer>().versao}"`)
    const same = await test.get('/api/servicos', { 'if-none-match': etag })
    expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', etag])

    await test.api.db
      .updateTable('catalogue_services')
      .set({ name: 'Computador lento' })
      .where('code', '=', 'computador-nao-liga')
      .execute()
    const changed = await test.get('/api/servicos', { 'if-none-match': etag })
    expect(changed.statusCode).toBe(200)
    expect(changed.headers.etag).not.toBe(etag)
    expect(changed.body).toContain('Computador lento')
  })

  it('offers neither what is switched off nor a category that is left empty', async () => {
    await using test = await createTestApi()
    const { db } = test.api
    await db.updateTable('catalogue_categories').set({ active: 0 }).where('menu_key', '=', '1').execute()
    await db
      .updateTable('catalogue_services')
      .set({ active: 0 })
      .where('code', '=', 'problema-com-ramal')
      .execute()
    const { categorias } = await readCatalogue(test)
    expect(categorias.map((category) => category.tecla)).toEqual(['2', '3', '4', '5'])
  })

  it('is without audio and without ETag while speech is down', async () => {
    await using test = await createTestApi()
    test.speech.isDown = true
    const answer = await test.get('/api/servicos')
    expect([answer.statusCode, answer.headers.etag]).toEqual([200, undefined])
    expect(answer.json<CatalogueAnswer>().menu).toMatchObject({ url: null, nome_audio: null })
  })
})
