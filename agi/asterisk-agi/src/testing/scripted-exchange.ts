import { CommandExchange, type CommandReport } from '../command-exchange.ts'
import { lineBytesMaxOf } from '../encoding.ts'
import type { AgiEnvironment } from '../environment.ts'
import { AgiProtocolError } from '../errors.ts'
import { LineReader } from '../line-reader.ts'
import { TypedCall } from '../typed-call.ts'

/** A call whose peer is a script, without a socket: for this library's own tests. */
export interface ScriptedCall {
  call: TypedCall
  exchange: CommandExchange
  /** Lines written by the call, without their line feed. */
  written: string[]
  /** Sends bytes to the call, one by one. */
  receive: (text: string) => void
}

/** A call over a peer that a test plays, without a socket. */
export interface OpenCall {
  call: TypedCall
  exchange: CommandExchange
  /** Every command that is over. */
  reports: CommandReport[]
  /** @throws AgiProtocolError as a connection would be told. */
  receive: (chunk: Buffer) => void
}

/** Makes a call whose lines go to `write`. */
export function openCall(
  write: (line: string) => void,
  options: { version?: string; replyTimeoutMs?: number } = {},
): OpenCall {
  const { version = '22.10.1', replyTimeoutMs = 30_000 } = options
  const lineBytesMax = lineBytesMaxOf(version)
  const reports: CommandReport[] = []
  const exchange: CommandExchange = new CommandExchange({
    lineBytesMax,
    replyTimeoutMs,
    write,
    overdue: (error) => exchange.close(error),
    report: (report) => void reports.push(report),
  })
  const lines = new LineReader(64 * 1024, exchange)
  const environment = { version } as AgiEnvironment
  return {
    call: new TypedCall({ environment, exchange, lineBytesMax }),
    exchange,
    reports,
    receive: (chunk) => lines.push(chunk),
  }
}

/**
 * Makes a call that answers each command with the next of `replies`, byte by byte, in a later turn.
 *
 * @param replies What follows each command, in full ('200 result=0\n'); '' leaves a command unanswered.
 */
export function scriptedCall(
  replies: readonly string[] = [],
  options: { version?: string; replyTimeoutMs?: number } = {},
): ScriptedCall {
  const written: string[] = []
  const left = [...replies]
  const open = openCall((line) => {
    written.push(line.slice(0, -1))
    const reply = left.shift() ?? ''
    queueMicrotask(() => {
      try {
        receive(reply)
      } catch (error) {
        if (!(error instanceof AgiProtocolError)) throw error
        open.exchange.close(error)
      }
    })
  }, options)
  const receive = (text: string): void => {
    for (const byte of Buffer.from(text)) open.receive(Buffer.of(byte))
  }
  return { call: open.call, exchange: open.exchange, written, receive }
}
