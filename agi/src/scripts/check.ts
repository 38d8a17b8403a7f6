import type { AgiCall } from 'asterisk-agi'

/**
 * The FastAGI script `check`: answers the installer's question whether this server takes calls, by `URA_RESULT=checked`.
 * It plays nothing, keeps no record and asks the ticket API for nothing.
 */
export async function checkScript(agi: AgiCall): Promise<void> {
  await agi.setVariable('URA_RESULT', 'checked')
}
