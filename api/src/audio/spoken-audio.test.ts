import { createLogger } from '@ura/core/logger'
import { describe, expect, it, vi } from 'vitest'
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
    const onLate = vi.fn<() => void>()
    const stuck = { ...createFakeSpeech(), speak: () => new Promise<never>(() => undefined) }
    const late = createSpokenAudio({ speech: stuck, publicUrl, log, onLate, waitMs: 5 })
    expect(await late(request)).toEqual(noAudio)
    expect(onLate).toHaveBeenCalledTimes(1)
    const broken = { ...createFakeSpeech(), speak: () => Promise.reject(new Error('broken')) }
    expect(await createSpokenAudio({ speech: broken, publicUrl, log, onLate })(request)).toEqual(noAudio)
    expect(onLate).toHaveBeenCalledTimes(1)
  })
})
