import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { brazilianVoices, enginesToTry } from './voices.ts'

describe('the Brazilian voices', () => {
  it('are those of docs/aws-polly.md', () => {
    const guide = readFileSync(new URL('../../../docs/aws-polly.md', import.meta.url), 'utf8')
    const rows = [...guide.matchAll(/^\| `(\w+)` \| (?:feminina|masculina) \| ([^|]+) \|/gm)]
    const documented = rows.map(([, voice, engines = '']) => [
      voice,
      engines.split(',').map((engine) => engine.replaceAll(/[`\s]/g, '')),
    ])
    expect(Object.fromEntries(documented)).toEqual(brazilianVoices)
  })
})

describe('enginesToTry', () => {
  it.each([
    ['Camila', undefined, ['neural', 'standard']],
    ['Thiago', undefined, ['neural']],
    ['Ricardo', undefined, ['standard']],
    ['Joanna', undefined, ['neural', 'standard']],
    ['Camila', 'generative', ['generative']],
  ] as const)('of %s when %s is asked for', (voice, asked, engines) => {
    expect(enginesToTry(voice, asked)).toEqual(engines)
  })
})
