import type { FakeCommand } from './command.ts'
import { integerOrZero } from './number-argument.ts'
import { failure, result, usage, value } from './outcome.ts'

/** RECEIVE CHAR timeout: a time-out is told as a hangup (main/channel.c, ast_recvchar), and fails the AGI. */
export const receiveChar: FakeCommand = async ({ channel }, [timeout, ...rest]) => {
  if (timeout === undefined || rest.length > 0) return usage()
  const text = await channel.waitForText(integerOrZero(timeout))
  if (text === null) return failure(-1, ' (hangup)')
  const code = Buffer.from(text)[0] ?? 0
  return code === 0 ? result(0, ' (timeout)') : result(code)
}

/** RECEIVE TEXT timeout */
export const receiveText: FakeCommand = async ({ channel }, [timeout, ...rest]) => {
  if (timeout === undefined || rest.length > 0) return usage()
  const text = await channel.waitForText(integerOrZero(timeout))
  return text === null ? result(-1) : value(text)
}

/** SEND TEXT text */
export const sendText: FakeCommand = ({ texts }, [text, ...rest]) => {
  if (text === undefined || rest.length > 0) return usage()
  if (text !== '') texts.push(text)
  return result(0)
}

/** SEND IMAGE image: 0 on every channel that is alive, sent or not. */
export const sendImage: FakeCommand = (_context, args) => (args.length === 1 ? result(0) : usage())
