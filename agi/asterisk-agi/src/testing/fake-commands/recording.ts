import type { Ending } from '../channel-waits.ts'
import { STOPPED_SAMPLES } from '../fake-channel.ts'
import type { CommandContext, CommandOutcome, FakeCommand } from './command.ts'
import { integerOrZero, scanInteger } from './number-argument.ts'
import { failure, result, usage } from './outcome.ts'

const SAMPLES_PER_MS = 8

/** RECORD FILE file format keys timeout [offset] [BEEP] [s=seconds]: nothing but the caller ends it. */
export const recordFile: FakeCommand = async (context, args) => {
  const [file, format, keys, timeout, ...options] = args
  if (file === undefined || format === undefined || keys === undefined || timeout === undefined)
    return usage()
  const timeoutMs = scanInteger(timeout)
  if (timeoutMs === null) return usage()
  const offsetSamples = scanInteger(options[0] ?? '') ?? 0
  if (wantsBeep(options)) {
    const refusal = await beep(context, keys, offsetSamples)
    if (refusal !== null) return refusal
  }
  if (!context.files.canWrite(file, format)) return failure(-1, ' (writefile)')
  const limitMs = shorter(timeoutMs, silenceMs(options))
  const ending = await context.channel.record({ file, format, keys, timeoutMs, limitMs })
  const samples = ending.kind === 'done' ? limitMs * SAMPLES_PER_MS : STOPPED_SAMPLES
  context.files.keepRecording(file, { format, samples: offsetSamples + samples })
  return recorded(ending, offsetSamples + samples)
}

function recorded(ending: Ending, samples: number): CommandOutcome {
  const endpos = `endpos=${samples}`
  if (ending.kind === 'key') return result(ending.key.charCodeAt(0), ` (dtmf) ${endpos}`)
  return ending.kind === 'hangup' ? failure(-1, ` (hangup) ${endpos}`) : result(0, ` (timeout) ${endpos}`)
}

/** Whatever ends the beep early, or its absence, is a "random error"; the AGI doesn't fail by it. */
async function beep(context: CommandContext, keys: string, offset: number): Promise<CommandOutcome | null> {
  const suffix = ` (randomerror) endpos=${offset}`
  if (context.files.isMissing('beep')) return result(-1, suffix)
  const ending = await context.channel.play('beep', { keys })
  if (ending.kind === 'done') return null
  return result(ending.kind === 'key' ? ending.key.charCodeAt(0) : -1, suffix)
}

/** Anything in the place of the offset that is neither number nor silence, and anything behind it, is a beep. */
function wantsBeep([offset, second]: readonly string[]): boolean {
  const isBeep = offset !== undefined && scanInteger(offset) === null && !offset.startsWith('s=')
  return isBeep || (second !== undefined && !second.startsWith('s='))
}

/** How much silence ends the recording; Infinity for none. The fake's caller is silent from the beginning. */
function silenceMs(options: readonly string[]): number {
  const found = options.slice(0, 3).find((option) => option.includes('s'))
  const [, seconds = ''] = /s=(.+)$/.exec(found ?? '') ?? []
  const silence = integerOrZero(seconds) * 1_000
  return silence > 0 ? silence : Infinity
}

/** Below 0 means without end. */
function shorter(timeoutMs: number, silence: number): number {
  if (timeoutMs < 0) return silence === Infinity ? timeoutMs : silence
  return Math.min(timeoutMs, silence)
}
