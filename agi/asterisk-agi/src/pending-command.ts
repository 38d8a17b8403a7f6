import type { AgiCommand } from './commands/command.ts'
import { AgiCommandFailedError, type AgiError, AgiHangupError } from './errors.ts'
import type { AgiReply } from './reply.ts'

/** In place of the time of a command that was not written. */
export const NOT_WRITTEN = -1

/**
 * A command that somebody awaits. Of the {@link AgiCommand} it keeps what the reply needs: calls wait in a command for
 * hours, thousands at a time.
 */
export interface PendingCommand {
  verb: string
  allowedWhenDead: boolean
  ownTimeMs: number | null
  valueEnd: string | null
  read: (reply: AgiReply, elapsedMs: number) => unknown
  /** '' once written. */
  line: string
  writtenAtMs: number
  answer: Promise<unknown> | null
  resolve: (result: unknown) => void
  reject: (error: AgiError) => void
}

/** A command as it is before anything has happened to it. */
export function pendingOf({
  verb,
  allowedWhenDead,
  ownTimeMs,
  valueEnd,
  read,
}: AgiCommand<unknown>): PendingCommand {
  return {
    verb,
    allowedWhenDead,
    ownTimeMs,
    valueEnd,
    read,
    line: '',
    writtenAtMs: NOT_WRITTEN,
    answer: null,
    resolve: ignore,
    reject: ignore,
  }
}

/**
 * Rejects a command, whether or not anybody awaits it. A command started beside other work (`const playing = call.streamFile(…)`) may reject before anybody does, and Node
 * would end the process, with every other call in it, because one caller hung up.
 */
export function refuse({ answer, reject }: PendingCommand, error: AgiError): void {
  answer?.catch(ignore)
  reject(error)
}

function ignore(): void {}

/** The end of a command whose caller is gone. */
export function hangupOf(command: string): AgiHangupError {
  return new AgiHangupError('The caller hung up', { command })
}

/** The end of a command that failed while the caller is there. */
export function failureOf(command: string): AgiCommandFailedError {
  return new AgiCommandFailedError('Asterisk could not do it', { command })
}
