import type { AgiCall, AgiServerOptions } from '../index.ts'
import { RAW_ENVIRONMENT, type RawPeer, rawPeer } from './raw-peer.ts'
import { type Outcome, outcomeOf } from './reply-forms.ts'
import { type Running, serve, untilGone } from './served.ts'

/** Something that should not come, and how it is brought about: for this library's own tests. */
export interface BadInput {
  /** As in the first column of docs/bad-input.md. */
  comes: string
  options?: Partial<AgiServerOptions>
  /** What happens before the peer in question connects. */
  before?: (running: Running) => Promise<void>
  /** What the peer does as soon as it is connected; default: it sends an environment. */
  connected?: (peer: RawPeer) => void
  /** What the handler asks for; default nothing. */
  issue?: (call: AgiCall) => Promise<unknown>
  /** What the peer does when it gets that command's line. */
  asked?: (peer: RawPeer, line: string) => void
  /** The peer goes before the server does; default false. */
  leaves?: boolean
}

/** What became of a bad input, in the words of docs/bad-input.md. */
export interface Consequence {
  library: string
  dialplan: string
}

interface Seen {
  running: Running
  command: Outcome | null
  /** A command after that one worked. */
  goesOn: boolean
  /** Lines that the server wrote. */
  written: string[]
}

/** Lets it come, and says what became of it. */
export async function consequenceOf(input: BadInput): Promise<Consequence> {
  let command: Outcome | null = null
  let goesOn = false
  const raw = async (call: AgiCall): Promise<void> => {
    if (call.environment.callerId === FIRST_CALLER) return untilGone(call)
    if (input.issue === undefined) return
    command = await outcomeOf(input.issue(call))
    goesOn = 'result' in (await outcomeOf(call.noop()))
  }
  const running = await serve({ raw }, input.options)
  await input.before?.(running)
  const eventsBefore = running.events.length
  const peer = await rawPeer(running.port)
  if (input.connected === undefined) peer.send(RAW_ENVIRONMENT)
  else input.connected(peer)
  const written = await converse(peer, input)
  await peer.closed
  await expectEnd(running, eventsBefore)
  running.events.splice(0, eventsBefore)
  const library = inWords({ running, command, goesOn, written })
  return { library, dialplan: input.leaves === true ? '—' : statusOf({ running, goesOn, written }) }
}

const FIRST_CALLER = 'first'

/** A call that goes on until its caller hangs up. */
export async function otherCall({ port, event }: Running): Promise<RawPeer> {
  const peer = await rawPeer(port)
  peer.send(RAW_ENVIRONMENT.replace('agi_context', `agi_callerid: ${FIRST_CALLER}\nagi_context`))
  await event('call-started')
  return peer
}

/** Answers what the library asks by itself, and the command that shows whether the call goes on. */
async function converse(peer: RawPeer, input: BadInput): Promise<string[]> {
  const written: string[] = []
  let wasAsked = false
  for (;;) {
    const line = await peer.nextLine()
    if (line === null) return written
    written.push(line)
    if (line === 'NOOP') peer.send('200 result=0\n')
    else if (line === 'CHANNEL STATUS') peer.send('200 result=6\n')
    else if (line !== 'failure' && !wasAsked) {
      wasAsked = true
      input.asked?.(peer, line)
    }
  }
}

/** The peer has seen the end; the server's handler may need a turn more. */
async function expectEnd({ server, events }: Running, eventsBefore: number): Promise<void> {
  const ends = (): boolean =>
    events.slice(eventsBefore).every(({ type }) => type !== 'call-started') ||
    events.at(-1)?.type === 'call-ended'
  while (!ends() && server.activeCalls > 0) await new Promise<void>((resolve) => void setImmediate(resolve))
}

function inWords({ running: { events, errors }, command, goesOn, written }: Seen): string {
  const refused = events.find((event) => event.type === 'call-refused')
  if (refused !== undefined) return `refuses the call: \`${refused.reason}\``
  const ended = events.find((event) => event.type === 'call-ended')
  if (ended === undefined) return 'nothing: no event, no error'
  if (command !== null && goesOn) {
    const isUnwritten = written.every((line) => line === 'NOOP')
    return `${commandInWords(command)}${isUnwritten ? ', nothing is written' : ''}; the call goes on`
  }
  const [error] = errors
  const told = error instanceof Error ? `; \`onError\` gets \`${error.name}\`` : ''
  return `the call ends as \`${ended.outcome}\`${told}`
}

/** As run_agi of res/res_agi.c comes to AGISTATUS; nothing while the call goes on. */
function statusOf({ running: { events }, goesOn, written }: Omit<Seen, 'command'>): string {
  if (written.includes('failure')) return '`AGISTATUS=FAILURE`'
  const isHungUp = events.some((event) => event.type === 'call-ended' && event.outcome === 'hangup')
  if (isHungUp) return '`AGISTATUS=HANGUP`'
  return goesOn ? '—' : '`AGISTATUS=SUCCESS`'
}

function commandInWords(command: Outcome): string {
  if ('code' in command) return `the command rejects: \`${command.code}\``
  const { result } = command
  return result === undefined ? 'the command resolves' : `the command gives \`${JSON.stringify(result)}\``
}
