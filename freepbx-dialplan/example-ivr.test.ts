import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exampleCatalogueOf, firstExampleCatalogue } from '../scripts/dialplan-example/first-example.ts'
import { promptIds } from '../agi/src/prompts/ids.ts'
import { stepScriptNames } from '../agi/src/scripts/dialplan-steps/step-scripts.ts'
import { findDialplanFaults } from './dialplan-faults.ts'
import { exampleIvr } from './example-ivr.ts'

function readHere(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}

const service = { code: 'computador-nao-liga', option: 3, name: 'Computador não liga' }
const category = {
  key: '8',
  name: 'Computador',
  menuText: 'Computador não liga, tecle 3.',
  services: [service],
}
const catalogue = { menuText: 'Computador, tecle 8.', categories: [category] }

describe('example-ivr.conf', () => {
  it('is what npm run dialplan:example writes from the first catalogue', () => {
    expect(readHere('example-ivr.conf')).toBe(exampleIvr(firstExampleCatalogue()))
  })

  it('has a menu for each category and an extension for each service', () => {
    const text = exampleIvr(catalogue)
    expect(text).toContain('[ura-example-category-8]')
    expect(text).toContain('exten => 8,1,Goto(ura-example-category-8,s,1)')
    expect(text).toContain('exten => 3,1,Goto(ura-example-open,computador-nao-liga,1)')
    expect(text).toContain('Gosub(ura-step-open-ticket,s,1(${cod_user},computador-nao-liga))')
  })

  it('is made of the catalogue that an API offers, too', () => {
    const audio = { url: null, nome_audio: null }
    const answer = {
      status: true as const,
      versao: 'v1',
      menu: { texto: catalogue.menuText, ...audio },
      categorias: [
        {
          tecla: '8',
          nome: 'Computador',
          menu: { texto: category.menuText, ...audio },
          servicos: [{ codigo: service.code, opcao: 3, nome: service.name }],
        },
      ],
    }
    expect(exampleCatalogueOf(answer)).toEqual(catalogue)
  })

  it('lets no name of the catalogue out of its comment', () => {
    const name = 'A;--\n[default]\nexten => s,1,System(id)\r\n;'
    const hostile = { ...catalogue, categories: [{ ...category, name, menuText: name }] }
    const text = exampleIvr(hostile)
    const beside = ['example-call.conf', 'ura-steps.conf', 'ura-helpdesk.conf'].map(readHere)
    const allowed = {
      scripts: ['helpdesk', ...stepScriptNames],
      prompts: promptIds,
      foreignContexts: [],
      beside,
    }
    expect(findDialplanFaults(text, allowed)).toEqual([])
    expect(text).not.toMatch(/^(?:\[default|.*;--|exten => s,1,System)/m)
  })

  it.each([
    ['key', { ...category, key: '7' }],
    ['code', { ...category, services: [{ ...service, code: 'a,1' }] }],
    ['option', { ...category, services: [{ ...service, option: 9 }] }],
  ])('refuses a %s that a dialplan can not hold', (_what, bad) => {
    expect(() => exampleIvr({ ...catalogue, categories: [bad] })).toThrow(/inesperad/)
  })
})
