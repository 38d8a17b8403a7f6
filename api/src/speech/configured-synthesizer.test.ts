import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError, type Environment, readConfiguration } from '@ura/core/configuration'
import { afterEach, describe, expect, it } from 'vitest'
import { createChosenVoice, type ChosenVoice } from './configured-synthesizer.ts'
import { synthesizerSettings } from './synthesizer-settings.ts'

const open: ChosenVoice[] = []

function chosen(environment: Environment): ChosenVoice {
  const voice = createChosenVoice(readConfiguration(synthesizerSettings, environment))
  open.push(voice)
  return voice
}

afterEach(async () => {
  for (const { synthesizer } of open.splice(0)) {
    await synthesizer.close?.()
  }
})

describe('the chosen voice', () => {
  it.each([
    ['nothing', {}, 'espeak', 'pt-br'],
    ['another embedded voice', { SPEECH_VOICE: 'pt-br+f2' }, 'espeak', 'pt-br+f2'],
    [
      'the function',
      { SPEECH_SYNTHESIZER: 'lambda', AWS_REGION: 'sa-east-1', SPEECH_FUNCTION: 'f' },
      'polly',
      'Camila',
    ],
    [
      'its address, and a voice',
      {
        SPEECH_SYNTHESIZER: 'api-gateway',
        SPEECH_URL: 'https://example.com/v1/speech',
        SPEECH_API_KEY: 'a-key-of-the-tests',
        SPEECH_VOICE: 'Vitoria',
      },
      'polly',
      'Vitoria',
    ],
  ])('with %s configured', (_what, environment, name, voice) => {
    const { synthesizer, voice: chosenVoice } = chosen(environment)
    expect([synthesizer.name.split(/[^a-z]/)[0], chosenVoice]).toEqual([name, voice])
  })

  it('pronounces by the configured lexicon', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lexicon-'))
    const path = join(folder, 'words.txt')
    await writeFile(path, 'Bragagnolo = Branhólo\n')
    const { synthesizer, voice } = chosen({ SPEECH_LEXICON: path })
    expect(synthesizer.rendering?.({ text: 'Bragagnolo', voice })).toContain('Branhólo')
    await writeFile(path, 'Bragagnolo\n')
    expect(() => chosen({ SPEECH_LEXICON: path })).toThrow(ConfigurationError)
    expect(() => chosen({ SPEECH_LEXICON: path })).toThrow('SPEECH_LEXICON line 1')
    await rm(folder, { recursive: true })
  })
})
