import type { FakeVariables } from '../fake-variables.ts'
import type { CommandContext, FakeApplication } from './command.ts'
import { scanDecimal } from './number-argument.ts'

/** An application by its name, in any case: the test's own, or one of the few the fake has; null for none. */
export function findApplication(context: CommandContext, name: string): FakeApplication | null {
  const wanted = name.toLowerCase()
  const own = Object.entries(context.applications).find(([known]) => known.toLowerCase() === wanted)
  return own?.[1] ?? builtIn(context, wanted)
}

function builtIn(context: CommandContext, name: string): FakeApplication | null {
  switch (name) {
    case 'mset':
      return (argument) => setPairs(context.variables, argument.split(','))
    case 'set':
      return (argument) => setPairs(context.variables, [argument])
    case 'noop':
    case 'verbose':
      return () => 0
    case 'playback':
      return (argument) => playback(context, argument)
    case 'wait':
      return (argument) => wait(context, argument)
    default:
      return null
  }
}

function setPairs(variables: FakeVariables, pairs: string[]): number {
  for (const pair of pairs) {
    const mark = pair.indexOf('=')
    if (mark > 0) variables.set(pair.slice(0, mark), pair.slice(mark + 1))
  }
  return 0
}

async function playback({ channel, files, variables }: CommandContext, argument: string): Promise<number> {
  variables.setOwn('PLAYBACKSTATUS', 'SUCCESS')
  // A dead channel hears nothing, and nobody says so (seen on 22.10.1).
  if (channel.isDead) return 0
  channel.answer()
  for (const file of argument.split(',')[0]?.split('&') ?? []) {
    if (files.isMissing(file)) variables.setOwn('PLAYBACKSTATUS', 'FAILED')
    else if ((await channel.play(file, { keys: '' })).kind === 'hangup') return -1
  }
  return 0
}

async function wait({ channel }: CommandContext, argument: string): Promise<number> {
  if (channel.wasOver) return -1
  // On a channel that died during the AGI it waits as ever (seen on 22.10.1).
  const { isDead } = channel
  await channel.pause((scanDecimal(argument) ?? 0) * 1_000)
  return channel.hungUp && !isDead ? -1 : 0
}
