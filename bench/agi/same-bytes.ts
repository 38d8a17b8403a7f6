import { COMMANDS_PER_CALL, ROUNDS_PER_CALL } from './call-script.ts'
import { startPeerProcess, startServerProcess } from './processes.ts'
import { SERVER_KINDS, type ServerKind } from './servers.ts'

/**
 * Makes sure that what is compared is comparable: the bare socket writes the very bytes of asterisk-agi, and
 * ding-dong, which quotes less, as many commands with the same verbs.
 *
 * @throws Error when it isn't so: no figure would mean anything.
 */
export async function checkSameBytes(): Promise<void> {
  const texts: Partial<Record<ServerKind, string>> = {}
  const peer = startPeerProcess()
  try {
    for (const kind of SERVER_KINDS) {
      const server = startServerProcess(kind, ROUNDS_PER_CALL)
      texts[kind] = await peer.run('transcriptOfCall', { port: await server.run('port') })
      await server.stop()
    }
  } finally {
    await peer.stop()
  }
  const ours = texts['asterisk-agi'] ?? ''
  if (ours.split('\n').length - 1 !== COMMANDS_PER_CALL) throw new Error('asterisk-agi left the script')
  if (texts.socket !== ours) throw new Error("The bare socket doesn't write the bytes of asterisk-agi")
  if (unquoted(texts['ding-dong'] ?? '') !== unquoted(ours)) throw new Error('ding-dong left the script')
}

function unquoted(text: string): string {
  return text.replaceAll('"', '')
}
