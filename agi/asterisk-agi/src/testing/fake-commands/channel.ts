import { parseCallerId } from '../caller-id.ts'
import type { FakeCommand } from './command.ts'
import { scanDecimal } from './number-argument.ts'
import { result, usage } from './outcome.ts'

/** ANSWER */
export const answer: FakeCommand = ({ channel }) => {
  channel.answer()
  return result(0)
}

/** CHANNEL STATUS [channel] */
export const channelStatus: FakeCommand = ({ channel, facts }, [name, ...rest]) => {
  if (rest.length > 0) return usage()
  return result(name === undefined || name === facts.channel ? channel.state : -1)
}

/** HANGUP [channel] */
export const hangup: FakeCommand = ({ channel, facts }, [name, ...rest]) => {
  if (rest.length > 0) return usage()
  if (name !== undefined && name !== facts.channel) return result(-1)
  channel.hangup()
  return result(1)
}

/** SET AUTOHANGUP seconds */
export const setAutoHangup: FakeCommand = ({ channel }, [seconds, ...rest]) => {
  const delaySeconds = scanDecimal(seconds ?? '')
  if (delaySeconds === null || rest.length > 0) return usage()
  channel.hangUpAfter(delaySeconds * 1_000)
  return result(0)
}

/** SET CALLERID callerid: takes anything. */
export const setCallerId: FakeCommand = ({ facts }, [callerId]) => {
  if (callerId !== undefined) Object.assign(facts, parseCallerId(callerId))
  return result(1)
}

/** SET MUSIC ON|OFF [class] */
export const setMusic: FakeCommand = (_context, args) => (args.length === 0 ? usage() : result(0))

/** TDD MODE on|off|mate: a SIP channel can't. */
export const tddMode: FakeCommand = (_context, args) => (args.length === 1 ? result(0) : usage())

/** VERBOSE message [level] */
export const verbose: FakeCommand = (_context, args) => (args.length === 0 ? usage() : result(1))

/** NOOP, and ASYNCAGI BREAK, which means something only in async AGI. */
export const nothing: FakeCommand = () => result(0)
