import type { AgiCall } from 'asterisk-agi'

/** Which call this is, the same in all its scripts: Asterisk's linkedid (else its uniqueid) in the API's alphabet. */
export async function readCallId(agi: AgiCall): Promise<string> {
  const linkedId = (await agi.getFullVariable('${CHANNEL(linkedid)}')) ?? ''
  return callIdOf(linkedId === '' ? agi.environment.uniqueId : linkedId)
}

/** An id of Asterisk's as the API takes it: 64 characters at most. */
export function callIdOf(asteriskId: string): string {
  return asteriskId.replaceAll(/[^\w.:-]/g, '-').slice(0, 64)
}

/** The caller's number as far as it is one: caller input is filtered before it reaches anything. */
export function callingNumberOf(callerId: string | null): string | null {
  const number = (callerId ?? '').replaceAll(/[^0-9+]/g, '').slice(0, 32)
  return number === '' ? null : number
}
