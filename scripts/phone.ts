import { ScriptedCaller } from '@ura/agi/testing/scripted-caller'
import { HelpdeskError } from '@ura/core/errors'
import { StartupError } from '@ura/core/service'
import { createTicketApiClient } from '@ura/core/ticket-api/client'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import type { FakeCaller } from 'asterisk-agi/testing'
import { keyboardCaller } from './phone/keyboard-caller.ts'
import { parsePhoneOptions, phoneHelp, type PhoneOptions } from './phone/options.ts'
import { dial, resultOf, type PhoneCallResult } from './phone/phone-call.ts'
import { Player } from './phone/player.ts'
import { spokenText } from './phone/spoken-text.ts'
import { WhatsAppInbox } from './phone/whatsapp-inbox.ts'
import { findServices, type Services } from './phone/services.ts'

const goodOutcomes = new Set(['ticket_opened', 'status_told', 'transferred'])
/** A scripted call doesn't wait for real: what is 7 s on the phone is 0.35 s here. */
const scriptedSpeed = 20

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`O telefone não conseguiu ligar: ${reasonOf(error)}`)
  return 1
})

async function main(commandLine: string[]): Promise<number> {
  let options: PhoneOptions
  try {
    options = parsePhoneOptions(commandLine)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${phoneHelp}`)
    return 2
  }
  if (options.help) {
    console.log(phoneHelp)
    return 0
  }
  return callAndTell(options, findServices(process.env))
}

async function callAndTell(options: PhoneOptions, services: Services): Promise<number> {
  const ticketApi = createTicketApiClient({ baseUrl: services.apiUrl, clientToken: services.apiToken })
  const inbox = await WhatsAppInbox.open({
    url: services.gatewayUrl,
    token: services.gatewayToken,
    arrived: ({ text }) => console.log(`  WhatsApp: ${text}`),
  })
  const player = options.play ? await Player.create(services.soundsFolder) : null
  if (options.play && player === null) {
    console.log('(sem --play: o sistema não tem aplay, paplay, play, ffplay nem afplay)')
  }
  const hears = async (file: string, signal: AbortSignal): Promise<void> => {
    console.log(`  URA:      ${await spokenText(file)}`)
    await player?.play(file, signal)
  }
  try {
    const { result, unused } = await makeCall(options, services, { ticketApi, inbox, hears })
    await inbox.close()
    return tell(options, result, unused)
  } finally {
    await inbox.close()
    await player?.close()
  }
}

/** The call itself: keyed by a person, or group by group. */
async function makeCall(
  { callerId, entry, keys }: PhoneOptions,
  { agi }: Services,
  parts: { ticketApi: TicketApi; inbox: WhatsAppInbox; hears: NonNullable<FakeCaller['hears']> },
): Promise<{ result: PhoneCallResult; unused: readonly string[] }> {
  const { ticketApi, inbox, hears } = parts
  if (keys === null) {
    const keyboard = keyboardCaller()
    const { callId, call } = dial({
      agi,
      callerId,
      entry,
      caller: { hears, asked: keyboard.asked },
      speed: 1,
    })
    keyboard.connect(call)
    const result = await resultOf(callId, call, ticketApi).finally(() => keyboard.close())
    return { result, unused: [] }
  }
  const scripted = new ScriptedCaller({
    groups: keys,
    newestCode: () => inbox.takeNewestCode(),
    keyed: (group) => console.log(`  Você:     ${group === '-' ? '(nada)' : group}`),
  })
  const caller = { hears, asked: scripted.asked }
  const { callId, call } = dial({ agi, callerId, entry, caller, speed: scriptedSpeed })
  return { result: await resultOf(callId, call, ticketApi), unused: scripted.unused }
}

/** Prints how the call ended; 0 when it ended as meant. */
function tell(options: PhoneOptions, result: PhoneCallResult, unused: readonly string[]): number {
  if (result.next === 'queue') {
    console.log('  (a ligação segue para a fila dos técnicos)')
  }
  const isAsMeant =
    options.expect === null ? goodOutcomes.has(result.outcome) : options.expect === result.outcome
  console.log(
    `Resultado: ${result.outcome}${result.protocol === null ? '' : `, protocolo ${result.protocol}`}`,
  )
  if (unused.length > 0) {
    console.log(`Sobraram teclas que nenhuma pergunta pediu: ${unused.join(' ')}`)
  }
  if (options.json) {
    console.log(JSON.stringify(result))
  }
  return isAsMeant && unused.length === 0 ? 0 : 1
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  const isAway = error instanceof HelpdeskError || error instanceof StartupError || cause !== ''
  return `${(error as Error).message}${cause}${isAway ? '. O "npm start" está em execução?' : ''}`
}
