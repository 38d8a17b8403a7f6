import type { Ending } from '../channel-waits.ts'
import { ALL_KEYS } from '../fake-channel.ts'
import type { FakeCommand } from './command.ts'
import { integerOrZero, scanInteger } from './number-argument.ts'
import { keyed, result, usage } from './outcome.ts'

/** Times of GET DATA without one (main/app.c, ast_app_getdata_full). */
const DEFAULT_MS = { first: 6_000, next: 2_000 }

/** GET DATA file [timeout] [max] */
export const getData: FakeCommand = async ({ channel, files }, [file, timeout = '0', max = '1024']) => {
  if (file === undefined) return usage()
  if (file !== '' && files.isMissing(file)) return result(-1)
  const timeoutMs = integerOrZero(timeout)
  const digitsMax = integerOrZero(max)
  if (digitsMax === 0) return result(-1)
  let digits = ''
  let ending: Ending =
    file === '' ? { kind: 'done' } : await channel.play(file, { keys: ALL_KEYS, interruptible: true })
  if (ending.kind === 'done') {
    ending = await channel.waitForKey(timeoutMs === 0 ? DEFAULT_MS.first : timeoutMs)
  }
  for (;;) {
    if (ending.kind === 'input') return { reply: null }
    if (ending.kind === 'hangup') return result(-1)
    if (ending.kind === 'done') return result(digits, ' (timeout)')
    if (ending.key !== '#') digits += ending.key
    if (ending.key === '#' || digits.length >= digitsMax) return result(digits)
    ending = await channel.waitForKey(timeoutMs === 0 ? DEFAULT_MS.next : timeoutMs)
  }
}

/** WAIT FOR DIGIT timeout */
export const waitForDigit: FakeCommand = async ({ channel }, args) => {
  const timeoutMs = scanInteger(args[0] ?? '')
  if (timeoutMs === null || args.length > 1) return usage()
  const ending = await channel.waitForKey(timeoutMs)
  // The server's next line is told as 1, which is no key (main/channel.c, ast_waitfordigit_full).
  return ending.kind === 'input' ? result(1) : keyed(ending)
}
