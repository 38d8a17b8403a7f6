import { createLogger } from '@ura/core/logger'
import { describe, expect, it } from 'vitest'
import { createFakeSpeech } from '../testing/fakes.ts'
import { createSpokenAudio, noAudio } from './spoken-audio.ts'

const log = createLogger({ service: 'api', level: 'silent' })
const publicUrl = (): string => 'http://api.example'
const request = { text: 'Olá', kind: 'general' } as const

describe('spoken audio', () => {
  it('is an address under the public one', async () => {
    const audio = createSpokenAudio({ speech: createFakeSpeech(), publicUrl, log })
    const { url, nome_audio: name } = await audio(request)
    expect(url).toBe(`http://api.example/audio/${name}`)
  })

  it('is nothing when speech takes too long or throws', async () => {
    const stuck = { ...createFakeSpeech(), speak: () => new Promise<never>(() => undefined) }
    expect(await createSpokenAudio({ speech: stuck, publicUrl, log, waitMs: 5 })(request)).toEqual(noAudio)
    const broken = { ...createFakeSpeech(), speak: () => Promise.reject(new Error('broken')) }
    expect(await createSpokenAudio({ speech: broken, publicUrl, log })(request)).toEqual(noAudio)
  })
})
