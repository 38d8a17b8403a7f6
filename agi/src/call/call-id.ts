import type { AgiCall } from 'asterisk-agi'

/** Asterisk's linkedid, which all channels of a call share; the channel's own id without one. At most 64 safe characters. */
export async function readCallId(agi: AgiCall): Promise<string> {
  const linkedId = (await agi.getFullVariable('${CHANNEL(linkedid)}')) ?? ''
  return (linkedId === '' ? agi.environment.uniqueId : linkedId).replaceAll(/[^\w.:-]/g, '-').slice(0, 64)
}
