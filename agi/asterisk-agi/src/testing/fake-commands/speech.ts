import { STOPPED_SAMPLES } from '../fake-channel.ts'
import { FakeSpeechSession } from '../fake-speech.ts'
import type { FakeCommand } from './command.ts'
import { integerOrZero } from './number-argument.ts'
import { result, usage } from './outcome.ts'

/** SPEECH CREATE engine: 0 when there is none, or one was made before. */
export const speechCreate: FakeCommand = (context, [engine = '']) => {
  const { recognizer } = context
  if (context.speech !== null || recognizer === null) return result(0)
  if (engine !== '' && recognizer.engine !== undefined && recognizer.engine !== engine) return result(0)
  context.speech = new FakeSpeechSession(recognizer)
  return result(1)
}

/** SPEECH SET name value */
export const speechSet: FakeCommand = ({ speech }, args) => {
  if (args.length !== 2) return usage()
  return result(speech === null ? 0 : 1)
}

/** SPEECH DESTROY */
export const speechDestroy: FakeCommand = (context) => {
  const existed = context.speech !== null
  context.speech = null
  return result(existed ? 1 : 0)
}

/** SPEECH LOAD GRAMMAR name path */
export const loadGrammar: FakeCommand = ({ speech }, [name, path, ...rest]) => {
  if (name === undefined || path === undefined || rest.length > 0) return usage()
  return result(speech?.load(name, path) === true ? 1 : 0)
}

/** SPEECH UNLOAD GRAMMAR name, SPEECH ACTIVATE GRAMMAR name, SPEECH DEACTIVATE GRAMMAR name */
export function changeGrammar(change: 'unload' | 'activate' | 'deactivate'): FakeCommand {
  return ({ speech }, [name, ...rest]) => {
    if (name === undefined || rest.length > 0) return usage()
    return result(speech?.[change](name) === true ? 1 : 0)
  }
}

/** SPEECH RECOGNIZE prompt timeout [offset]; the timeout is in seconds, 0 for none. */
export const speechRecognize: FakeCommand = async ({ channel, speech, files }, args) => {
  const [prompt, timeout] = args
  if (prompt === undefined || timeout === undefined) return usage()
  if (speech === null) return result(0)
  const timeoutMs = integerOrZero(timeout) * 1_000
  const file = files.isMissing(prompt) ? null : prompt
  const heard = await channel.recognize({
    file,
    timeoutMs,
    recognize: (signal) => speech.recognize({ prompt, timeoutMs, signal }),
  })
  const position = ` endpos=${STOPPED_SAMPLES}`
  switch (heard.kind) {
    case 'speech': {
      const texts = heard.results.map(
        ({ score, text, grammar }, index) =>
          `score${index}=${score} text${index}="${text}" grammar${index}=${grammar}`,
      )
      return result(1, ` (speech)${position} results=${texts.length} ${texts.join(' ')}`)
    }
    case 'key':
      return result(1, ` (digit) digit=${heard.key}${position}`)
    case 'hangup':
      return result(1, ` (hangup)${position}`)
    case 'done':
    case 'input':
      return result(1, ` (timeout)${position}`)
    default:
      return heard satisfies never
  }
}
