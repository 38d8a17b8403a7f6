import type { Call } from '../call/call.ts'
import { askMenu } from '../call/question.ts'
import type { Line } from '../call/line.ts'
import { prompt } from '../call/sound.ts'
import type { PromptId } from '../prompts/ids.ts'
import type { Recording, VoiceRecorder } from '../voice-note/voice-recorder.ts'
import { waveFile } from '../voice-note/wave-file.ts'
import type { Step } from './step.ts'

/** So often may a caller record anew. */
const recordingsMax = 5

/**
 * Lets the caller describe the problem of the ticket that was just opened or registered. Whatever goes wrong here, the
 * ticket stands. A caller who hangs up has made the description, as with an answering machine: what was said is kept.
 */
export const voiceNote: Step = async (call) => {
  const { voiceRecorder, line } = call
  if (voiceRecorder === null || !(await voiceRecorder.isAvailable(line))) {
    return 'after-ticket'
  }
  const choice = await askMenu(call, { sounds: [prompt('voice-note-offer')], choices: { 1: 'yes', 2: 'no' } })
  if (choice === 'yes') {
    await describe(call, voiceRecorder)
  }
  return 'after-ticket'
}

async function describe(call: Call, recorder: VoiceRecorder): Promise<void> {
  // An object, since what is kept in the end depends on when the caller hangs up.
  const last: { recording: Recording | null } = { recording: null }
  let outcome: 'kept' | 'failed'
  try {
    outcome = await recordAndReview(call, recorder, last)
  } catch (error) {
    if (last.recording !== null) {
      await keep(call, last.recording)
    }
    throw error
  }
  const isKept = outcome === 'kept' && last.recording !== null && (await keep(call, last.recording))
  await call.line.say(prompt(isKept ? 'voice-note-kept' : 'voice-note-failed'))
}

async function recordAndReview(
  call: Call,
  recorder: VoiceRecorder,
  last: { recording: Recording | null },
): Promise<'kept' | 'failed'> {
  const { line } = call
  await tell(line, 'voice-note-notice')
  for (let recordings = 0; recordings < recordingsMax; recordings += 1) {
    await tell(line, 'voice-note-begin')
    last.recording = null
    const end = await recorder.record(line)
    if (end === 'failed') {
      call.log.warn('a voice note could not be recorded: Asterisk did not come')
      return 'failed'
    }
    if (end === 'nothing') {
      call.signal.throwIfAborted()
      await line.say(prompt('voice-note-empty'))
      continue
    }
    last.recording = end
    if ((await review(call, recorder, end)) === 'kept') {
      return 'kept'
    }
  }
  return last.recording === null ? 'failed' : 'kept'
}

/** A key that cuts it short means: go on. It answers nothing. */
async function tell(line: Line, text: PromptId): Promise<void> {
  await line.say(prompt(text))
  line.forgetKeysAhead()
}

/** Without an answer it is kept: they have spoken to be heard. */
async function review(call: Call, recorder: VoiceRecorder, recording: Recording): Promise<'kept' | 'again'> {
  for (let plays = 0; plays <= recordingsMax; plays += 1) {
    const choice = await askMenu<'kept' | 'hear' | 'again'>(call, {
      sounds: [prompt('voice-note-review')],
      choices: { 1: 'kept', 2: 'hear', 3: 'again' },
    })
    if (choice !== 'hear') {
      return choice ?? 'kept'
    }
    await recorder.play(call.line, recording)
  }
  return 'kept'
}

/** Puts the note into the spool, which sends it: on disk when this resolves, so that no failure behind it loses it. */
async function keep(call: Call, { samples }: Recording): Promise<boolean> {
  const { ticketRequest, ticket } = call
  if (ticketRequest === null) {
    throw new Error('a voice note needs a ticket that was asked for')
  }
  try {
    await call.spool({
      kind: 'voice-note',
      note: {
        idempotencyKey: call.nextIdempotencyKey('voice-note'),
        protocol: ticket?.protocol ?? null,
        ticket: ticketRequest,
        audio: waveFile(samples).toString('base64'),
      },
    })
    call.log.info({ durationMs: Math.round(samples.length / 16) }, 'a voice note was kept')
    return true
  } catch (error) {
    call.log.error({ err: error }, 'a voice note could not be kept')
    return false
  }
}
