import { AgiArgumentError, AgiProtocolError } from './errors.ts'

/** Every key a DTMF telephone can send, in the order of the keypad's ASCII codes. */
export const DTMF_KEYS = [
  '#',
  '*',
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  'A',
  'B',
  'C',
  'D',
] as const

/** One DTMF key. */
export type DtmfKey = (typeof DTMF_KEYS)[number]

const keys: ReadonlySet<string> = new Set(DTMF_KEYS)

/** Whether `text` is exactly one DTMF key. */
export function isDtmfKey(text: string): text is DtmfKey {
  return keys.has(text)
}

/**
 * The key whose ASCII code Asterisk answered.
 *
 * @throws AgiProtocolError when the code is no key's.
 */
export function dtmfKeyOfCode(code: number): DtmfKey {
  const key = String.fromCharCode(code)
  if (!isDtmfKey(key)) throw new AgiProtocolError('The reply holds a code that is no key')
  return key
}

/**
 * Lets a set of keys ('', '12*#') through.
 *
 * @throws AgiArgumentError when it holds anything but DTMF keys. The set itself isn't in the message.
 */
export function checkKeySet(keySet: string, command: string): string {
  for (const key of keySet) {
    if (!isDtmfKey(key)) throw new AgiArgumentError('A key set holds something that is no key', { command })
  }
  return keySet
}
