import type { Ending } from '../channel-waits.ts'
import { type FakeChannel, STOPPED_SAMPLES } from '../fake-channel.ts'
import type { CommandContext, CommandOutcome, FakeCommand } from './command.ts'
import { integerOrZero, scanInteger } from './number-argument.ts'
import { failure, keyed, result, usage } from './outcome.ts'

const SAMPLES_PER_MS = 8

/** res_agi.c answers 5 s when GET OPTION has no time of its own: the digit time-out of the PBX. */
const DIGIT_TIMEOUT_MS = 5_000

/** STREAM FILE file keys [offset] */
export const streamFile: FakeCommand = async (context, args) => {
  const [file, keys, offset = '0'] = args
  if (file === undefined || keys === undefined || args.length > 3) return usage()
  const offsetSamples = scanInteger(offset)
  if (offsetSamples === null) return usage()
  if (context.files.isMissing(file)) return failure(-1, ` endpos=${offsetSamples}`)
  const ending = await context.channel.play(file, { keys, interruptible: true })
  if (ending.kind !== 'input') {
    context.variables.setOwn('PLAYBACKSTATUS', ending.kind === 'done' ? 'SUCCESS' : 'FAILED')
  }
  return keyed(ending, endpos(context, file, ending))
}

/** GET OPTION file keys [timeout] */
export const getOption: FakeCommand = async (context, args) => {
  const [file, keys, timeout] = args
  if (file === undefined || keys === undefined || args.length > 3) return usage()
  if (context.files.isMissing(file)) return failure(-1, ' endpos=0')
  const playing = await context.channel.play(file, { keys, interruptible: true })
  if (playing.kind !== 'done') return keyed(playing, endpos(context, file, playing))
  const timeoutMs = timeout === undefined ? DIGIT_TIMEOUT_MS : integerOrZero(timeout)
  const waiting = await context.channel.waitForKey(timeoutMs)
  // A key outside the set, a hangup and the server's next line all end the wait as 0 (handle_getoption).
  const isKey = waiting.kind === 'key' && keys.includes(waiting.key)
  return result(isKey ? waiting.key.charCodeAt(0) : 0, endpos(context, file, playing))
}

/** CONTROL STREAM FILE file stop [skipms] [forward] [rewind] [pause] [offsetms]: nothing but the caller ends it. */
export const controlStreamFile: FakeCommand = async (context, args) => {
  const [file, stop, skip = '3000', forward, rewind, pause = '', offset = '0'] = args
  if (file === undefined || stop === undefined || args.length > 7) return usage()
  if (scanInteger(skip) === null || scanInteger(offset) === null) return usage()
  if (context.files.isMissing(file)) {
    setControlStatus(context, { status: 'ERROR', positionMs: -1 })
    return failure(-1, ' endpos=-1')
  }
  const control = [forward === '' ? undefined : forward, rewind === '' ? undefined : rewind]
  const moving = `${control[0] ?? '#'}${control[1] ?? '*'}`
  const ending = await playPausable(context.channel, file, { stop: without(stop, moving), pause, moving })
  // At the end of the file Asterisk takes the position for -8 samples (main/app.c, control_streamfile).
  const positionMs = ending.kind === 'done' ? -1 : STOPPED_SAMPLES / SAMPLES_PER_MS
  setControlStatus(context, {
    status: { done: 'SUCCESS', key: 'USERSTOPPED', hangup: 'ERROR', input: 'SUCCESS' }[ending.kind],
    positionMs,
    ...(ending.kind === 'key' ? { stopKey: ending.key } : {}),
  })
  return keyed(ending, ` endpos=${positionMs}`)
}

/** Plays on after each pause; only a stop key, a hangup or the end of the file is over. */
async function playPausable(
  channel: FakeChannel,
  file: string,
  keys: { stop: string; pause: string; moving: string },
): Promise<Ending> {
  for (;;) {
    const listening = keys.stop + without(keys.pause, keys.moving)
    const ending = await channel.play(file, { keys: listening })
    if (ending.kind !== 'key' || keys.stop.includes(ending.key)) return ending
    for (;;) {
      const waiting = await channel.waitForKey(-1, { interruptible: false })
      if (waiting.kind === 'hangup') return waiting
      if (waiting.kind !== 'key') continue
      if (keys.stop.includes(waiting.key)) return waiting
      if (keys.pause.includes(waiting.key)) break
    }
  }
}

function setControlStatus(
  { variables }: CommandContext,
  end: { status: string; positionMs: number; stopKey?: string },
): void {
  if (end.stopKey !== undefined) variables.setOwn('CPLAYBACKSTOPKEY', end.stopKey)
  variables.setOwn('CPLAYBACKSTATUS', end.status)
  variables.setOwn('CPLAYBACKOFFSET', String(end.positionMs))
}

function endpos({ files }: CommandContext, file: string, ending: Ending): string {
  return ` endpos=${ending.kind === 'done' ? files.samplesOf(file) : STOPPED_SAMPLES}`
}

function without(keys: string, others: string): string {
  return Array.from(keys)
    .filter((key) => !others.includes(key))
    .join('')
}

/** The outcome of files played one after another, as the SAY commands do. */
export async function playEach(
  { channel }: CommandContext,
  files: readonly string[],
  keys: string,
): Promise<CommandOutcome> {
  for (const file of files) {
    const ending = await channel.play(file, { keys })
    if (ending.kind !== 'done') return keyed(ending)
  }
  return result(0)
}
