import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HelpdeskError } from '@ura/core/errors'
import { readSpeechRequest, type SpeechRequest } from './speech-request.ts'

function read(parameters: Record<string, unknown>): SpeechRequest {
  return readSpeechRequest({ method: 'GET', parameters: new Map(Object.entries(parameters)) })
}

function faultOf(parameters: Record<string, unknown>): { field: string | undefined; message: string } {
  try {
    read(parameters)
  } catch (error) {
    if (error instanceof HelpdeskError && error.code === 'REQUISICAO_INVALIDA') {
      return { field: error.field, message: error.message }
    }
    throw error
  }
  throw new Error('it was taken')
}

function outcomeOf(parameters: Record<string, unknown>): string | undefined {
  try {
    return read(parameters).characters <= 3_000 ? 'taken' : 'too long'
  } catch (error) {
    return error instanceof HelpdeskError ? error.field : String(error)
  }
}

const sentence = { voice: 'Camila', text: 'Olá.' }

describe('readSpeechRequest', () => {
  it('fills in what may be left out', () => {
    expect(read(sentence)).toEqual({
      text: 'Olá.',
      textType: 'text',
      voice: 'Camila',
      engine: undefined,
      format: 'mp3',
      language: undefined,
      characters: 4,
    })
  })

  it.each(['Vitória', 'Vitoria', 'VITÓRIA', 'Vitória'.normalize('NFD')])('knows the voice %s', (voice) => {
    expect(read({ ...sentence, voice }).voice).toBe('Vitoria')
  })

  it('leaves voices of other languages and their engines to Polly', () => {
    expect(read({ voice: 'Joanna', text: 'Hello.', engine: 'long-form', language: 'en-US' })).toMatchObject({
      voice: 'Joanna',
      engine: 'long-form',
      language: 'en-US',
    })
  })

  it.each([
    [{ ...sentence, engine: 'hal9000' }, 'engine', 'Camila tem: neural, standard, generative.'],
    [{ ...sentence, voice: 'Ricardo', engine: 'neural' }, 'engine', 'Ricardo tem: standard.'],
    [{ ...sentence, voice: 'Joanna', engine: '' }, 'engine', 'A voz não tem este motor.'],
    [{ ...sentence, format: 'MP3' }, 'format', 'mp3 ou pcm'],
    [{ ...sentence, language: 'pt' }, 'language', 'Valor desconhecido.'],
    [{ ...sentence, textType: 'html' }, 'textType', 'text ou ssml'],
    [{ ...sentence, text: ['Olá.'] }, 'text', 'texto'],
    [{ ...sentence, voice: 7 }, 'voice', 'texto'],
    [{ voice: 'Camila', text: '\n\t ' }, 'text', 'Informe o parâmetro "text".'],
    [{ voice: 'constructor', text: 'Olá.' }, 'voice', 'Camila, Vitoria, Thiago, Ricardo'],
  ])('refuses %j for its %s', (parameters, field, words) => {
    const fault = faultOf(parameters)
    expect(fault.field).toBe(field)
    expect(fault.message).toContain(words)
  })

  it('takes 3,000 characters and not one more', () => {
    expect(read({ ...sentence, text: 'é'.repeat(3_000) }).characters).toBe(3_000)
    expect(faultOf({ ...sentence, text: 'é'.repeat(3_001) }).message).toContain('3.000')
  })

  it('counts a character outside the basic plane once', () => {
    expect(read({ ...sentence, text: '🙂'.repeat(3_000) }).characters).toBe(3_000)
  })

  it('does not count the tags of SSML until text and tags pass 6,000', () => {
    const marked = (breaks: number) => `<speak>${'a'.repeat(3_000)}${'<break/>'.repeat(breaks)}</speak>`
    const request = { voice: 'Camila', textType: 'ssml' }
    expect(read({ ...request, text: marked(373) }).characters).toBe(3_000)
    expect(faultOf({ ...request, text: marked(374) }).message).toContain('6.000')
    expect(faultOf({ ...request, text: `<speak>${'a'.repeat(3_001)}</speak>` }).message).toContain('3.000')
  })

  it.each(['Olá.', '<speak>Olá.', '<speaker>Olá.</speaker>', 'a <speak>Olá.</speak>'])(
    'refuses %s as SSML',
    (text) => {
      expect(faultOf({ ...sentence, textType: 'ssml', text }).message).toContain('SSML')
    },
  )

  it('either gives a request within the limits or says which field is at fault, whatever comes', () => {
    const anything = fc.dictionary(
      fc.constantFrom('voice', 'text', 'engine', 'format', 'language', 'textType', 'other'),
      fc.oneof(fc.string(), fc.constantFrom('Camila', 'ssml', 'neural', '<speak>a</speak>'), fc.anything()),
    )
    fc.assert(
      fc.property(anything, (parameters) => {
        expect(outcomeOf(parameters)).toMatch(/^(?:taken|voice|text|engine|format|language|textType)$/)
      }),
    )
  })
})
