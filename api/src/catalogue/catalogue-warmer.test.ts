import { createLogger } from '@ura/core/logger'
import { describe, expect, it } from 'vitest'
import { everyDigit } from '../speech/dictation.ts'
import { createTestClient } from '../testing/test-clients.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { createCatalogueWarmer, type CatalogueWarmer } from './catalogue-warmer.ts'

const running = new AbortController().signal

async function withWarmer(work: (test: TestApi, warmer: CatalogueWarmer) => Promise<void>): Promise<void> {
  await using test = await createTestApi()
  const log = createLogger({ service: 'api', level: 'silent' })
  await work(test, createCatalogueWarmer({ db: test.api.db, speech: test.speech, clock: test.clock, log }))
}

async function rename(test: TestApi, name: string): Promise<void> {
  const admin = await createTestClient(test, 'admin')
  await admin.patch('/api/v1/services/computador-nao-liga', { name }, { 'if-match': '*' })
}

/** What the warmer asks speech for in so many rounds, a minute apart. */
async function asked(
  test: TestApi,
  warmer: CatalogueWarmer,
  { rounds }: { rounds: number },
): Promise<string[]> {
  const before = test.speech.spoken.length
  for (let round = 0; round < rounds; round += 1) {
    await warmer.warm(running)
    test.clock.advance({ minutes: 1 })
  }
  return test.speech.spoken.slice(before)
}

describe('the catalogue warmer', () => {
  it('speaks every menu that a call will ask for, and every digit of a protocol, once', () =>
    withWarmer(async (test, warmer) => {
      const texts = await asked(test, warmer, { rounds: 10 })
      test.speech.spoken.length = 0
      await test.get('/api/servicos')
      expect(texts.toSorted()).toEqual([...test.speech.spoken, ...everyDigit].toSorted())
    }))

  it('speaks again what has changed, whoever changed it', () =>
    withWarmer(async (test, warmer) => {
      await asked(test, warmer, { rounds: 2 })
      await rename(test, 'Computador queimado')
      const texts = await asked(test, warmer, { rounds: 2 })
      expect(texts.filter((text) => text.includes('Computador queimado'))).toHaveLength(1)
    }))

  it('speaks announcements with their menu, and no menu without announcements', () =>
    withWarmer(async (test, warmer) => {
      await asked(test, warmer, { rounds: 2 })
      const admin = await createTestClient(test, 'admin')
      await admin.post('/api/v1/announcements', { title: 'Horário', text: 'Das oito às dezessete.' })
      const texts = await asked(test, warmer, { rounds: 2 })
      expect(texts.slice(-2)).toEqual([
        'Horário, tecle 1. Para ouvir novamente, tecle 9. Para voltar, tecle asterisco.',
        'Das oito às dezessete.',
      ])
    }))

  it('looks after an hour whether all are still there', () =>
    withWarmer(async (test, warmer) => {
      const first = await asked(test, warmer, { rounds: 60 })
      expect(await asked(test, warmer, { rounds: 60 })).toEqual(first)
    }))

  it('asks a failing synthesizer for one menu at a time, with growing pauses, until it speaks', () =>
    withWarmer(async (test, warmer) => {
      let asks = 0
      const speak = test.speech.speak.bind(test.speech)
      test.speech.speak = (request) => {
        asks += 1
        return speak(request)
      }
      test.speech.isDown = true
      await asked(test, warmer, { rounds: 60 })
      expect(asks).toBeGreaterThan(10)
      expect(asks).toBeLessThan(20)
      test.speech.isDown = false
      expect(await asked(test, warmer, { rounds: 6 })).toHaveLength(7 + everyDigit.length)
    }))

  it('tries a new catalogue at once, however the old one failed', () =>
    withWarmer(async (test, warmer) => {
      test.speech.isDown = true
      await asked(test, warmer, { rounds: 20 })
      test.speech.isDown = false
      await rename(test, 'Computador queimado')
      expect(await asked(test, warmer, { rounds: 1 })).toHaveLength(7 + everyDigit.length)
    }))

  it('ends at once when the API closes, however long a menu takes', () =>
    withWarmer(async (test, warmer) => {
      const closing = new AbortController()
      let asks = 0
      test.speech.speak = () => {
        asks += 1
        queueMicrotask(() => closing.abort())
        return new Promise(() => {})
      }
      await warmer.warm(closing.signal)
      await warmer.warm(closing.signal)
      expect(asks).toBe(1)
    }))
})
