import { Type, type Static } from 'typebox'

/** Fields that several endpoints have in common, and what their schemas and examples share. */

/** Unknown fields are refused, so that a misspelt one is not silently lost. */
export const strict = { additionalProperties: false } as const

/** Registration code: 1 to 12 digits. */
export const UserCode = Type.String({
  pattern: '^[0-9]{1,12}$',
  description: 'Código de cadastro (só dígitos)',
  examples: ['1001'],
})
/** Asterisk's linkedid. */
export const CallId = Type.String({
  pattern: '^[A-Za-z0-9._:-]{1,64}$',
  description: 'Identificador da ligação (linkedid do Asterisk)',
  examples: ['1795360430.0'],
})
/** 1 to 128 visible ASCII characters. */
export const IdempotencyKey = Type.String({
  pattern: '^[\\x21-\\x7e]{1,128}$',
  description:
    'Chave do cliente para este pedido: repetido com ela e o mesmo corpo, não tem um segundo efeito; com outro corpo é 409. Vale por 7 dias',
  examples: ['1795360430.0/1/7'],
})
/** What the exchange tells of the caller; also an extension or an unknown number. */
export const CallingNumber = Type.String({
  pattern: '^[0-9+*#]{1,32}$',
  description: 'Número de quem liga; conta tentativas erradas por origem',
  examples: ['4533210001'],
})
/** The ways that a message to a person takes. */
export const MessageChannel = Type.Union([Type.Literal('whatsapp'), Type.Literal('email')], {
  description: 'Por onde a mensagem vai',
})
export type MessageChannel = Static<typeof MessageChannel>
/** ISO 8601 with its offset. */
export const Instant = Type.String({ format: 'date-time', description: 'ISO 8601' })
/** Values of the examples, the same everywhere so that a reader can follow one ticket through the endpoints. */
export const audioName = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.wav'
/** {@link SpokenAudio} in an example. */
export const spokenExample = { url: `http://127.0.0.1:3000/audio/${audioName}`, nome_audio: audioName }

/** A spoken answer; both fields are null when there is no voice. */
export const SpokenAudio = {
  url: Type.Union([Type.String(), Type.Null()], {
    description: 'Áudio (audio/x-wav) para o Asterisk; null quando a síntese de voz está indisponível',
  }),
  nome_audio: Type.Union([Type.String(), Type.Null()]),
}
