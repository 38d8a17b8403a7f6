import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { LineReader } from '../line-reader.ts'
import { RAW_ENVIRONMENT } from './raw-peer.ts'

/** How a peer misbehaves: for this library's own tests. */
export interface HostilePlan {
  environment: 'none' | 'half' | 'whole' | 'garbage'
  /** Commands answered as Asterisk would, before the misbehaviour begins. */
  answers: number
  misbehaviour: keyof typeof FLOODS | 'silent' | 'garbage' | 'not reading'
  ending: 'end' | 'reset' | 'stay'
  garbage: Buffer
}

/** What a peer may send without end; each is more than the server takes. */
const FLOODS = {
  'replies to nothing': '200 result=0\n'.repeat(20_000),
  hangups: 'HANGUP\n'.repeat(20_000),
  'an endless line': 'x'.repeat(200_000),
  'an endless value': `200 result=1 (\n${'value\n'.repeat(60_000)}`,
  'an endless usage text': `520-Usage\n${'usage\n'.repeat(60_000)}`,
  'progress without a reply': '100 result=0 Trying...\n'.repeat(20_000),
} as const

const REPLIES: readonly [verb: string, reply: string][] = [
  ['GET VARIABLE', '200 result=1 (x)\n'],
  ['SET VARIABLE', '200 result=1\n'],
  ['WAIT FOR DIGIT', '200 result=49\n'],
  ['NOOP', '200 result=0\n'],
]

/** Every kind of misbehaviour. */
export const hostilePlans: fc.Arbitrary<HostilePlan> = fc.record({
  environment: fc.constantFrom('none', 'half', 'whole', 'whole', 'whole', 'garbage'),
  answers: fc.nat({ max: 12 }),
  misbehaviour: fc.constantFrom(
    ...(Object.keys(FLOODS) as (keyof typeof FLOODS)[]),
    'silent',
    'garbage',
    'not reading',
  ),
  ending: fc.constantFrom('end', 'reset', 'stay'),
  garbage: fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
})

/**
 * Connects to a server on this machine and misbehaves. Resolves when the connection is gone: who 'stays' waits for
 * the server to end it.
 */
export async function misbehave(port: number, plan: HostilePlan): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()))
  // A reset is one of the ways in which a server gets rid of such a peer; 'close' follows.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  let answersLeft = plan.answers
  const lines = new LineReader(64 * 1024, {
    receiveLine: (line) => {
      const reply = REPLIES.find(([verb]) => line.startsWith(verb))?.[1]
      if (reply === undefined) return
      answersLeft -= 1
      if (answersLeft >= 0) socket.write(reply)
      else if (answersLeft === -1) void turnNasty(socket, plan)
    },
  })
  socket.on('data', (chunk) => lines.push(chunk))
  await sendEnvironment(socket, plan)
  if (plan.environment !== 'whole') endAs(socket, plan)
  await closed
}

async function sendEnvironment(socket: Socket, { environment, garbage }: HostilePlan): Promise<void> {
  if (environment === 'garbage') socket.write(garbage)
  if (environment === 'none' || environment === 'garbage') return
  const half = Math.floor(RAW_ENVIRONMENT.length / 2)
  socket.write(RAW_ENVIRONMENT.slice(0, half))
  await nextTurn()
  if (environment === 'whole') socket.write(RAW_ENVIRONMENT.slice(half))
}

async function turnNasty(socket: Socket, plan: HostilePlan): Promise<void> {
  if (plan.misbehaviour === 'not reading') socket.pause()
  else if (plan.misbehaviour === 'garbage') socket.write(plan.garbage)
  else if (plan.misbehaviour !== 'silent') socket.write(FLOODS[plan.misbehaviour])
  await nextTurn()
  endAs(socket, plan)
}

function endAs(socket: Socket, { ending }: HostilePlan): void {
  if (ending === 'end') socket.end()
  if (ending === 'reset') socket.resetAndDestroy()
}
