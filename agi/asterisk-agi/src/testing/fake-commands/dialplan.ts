import { findApplication } from './applications.ts'
import type { CommandContext, FakeCommand, FakeRoutine } from './command.ts'
import { scanInteger } from './number-argument.ts'
import { failure, result, USAGE, usage } from './outcome.ts'

/** EXEC application [argument] */
export const exec: FakeCommand = async (context, [name, argument = '']) => {
  if (name === undefined) return usage()
  const application = findApplication(context, name)
  const isExpanded = isTrue(context.variables.get('AGIEXECFULL'))
  const given = isExpanded ? context.variables.expand(argument) : argument
  const code = application === null ? -2 : await application(given, context.variables.values)
  // An application's 1 is RESULT_SHOWUSAGE to Asterisk, its 2 is RESULT_FAILURE (agi_handle_command).
  const reply = `200 result=${code}\n${code === 1 ? USAGE : ''}`
  return { reply, isFailure: code === 2 }
}

/** GOSUB context extension priority [argument] */
export const gosub: FakeCommand = async (context, args) => {
  const [inContext, extension, priority, argument = ''] = args
  if (inContext === undefined || extension === undefined || priority === undefined || args.length > 4) {
    return usage()
  }
  const routine = findRoutine(context, [inContext, extension, priority])
  if (routine === undefined) return failure(-1, ' Gosub label not found')
  await context.send('100 result=0 Trying...\n')
  const returned = await routine(argument, context.variables.values)
  context.variables.setOwn('GOSUB_RETVAL', returned ?? '')
  return result(0, ` Gosub complete${returned === null ? ' (abnormal exit)' : ''}`)
}

/** SET CONTEXT context, SET EXTENSION extension */
export function setPlace(place: 'context' | 'extension'): FakeCommand {
  return ({ facts }, [name, ...rest]) => {
    if (name === undefined || rest.length > 0) return usage()
    facts[place] = name
    return result(0)
  }
}

/** SET PRIORITY priority */
export const setPriority: FakeCommand = (context, [priority, ...rest]) => {
  if (priority === undefined || rest.length > 0) return usage()
  const { facts } = context
  const number = scanInteger(priority)
  if (number === null && findRoutine(context, [facts.context, facts.extension, priority]) === undefined) {
    return usage()
  }
  // The dialplan adds one when the AGI is over (main/pbx.c, ast_explicit_goto).
  if (number !== null) facts.priority = number - 1
  return result(0)
}

function findRoutine({ routines }: CommandContext, place: readonly string[]): FakeRoutine | undefined {
  const wanted = place.join(',')
  return Object.hasOwn(routines, wanted) ? routines[wanted] : undefined
}

/** As `ast_true` of main/utils.c. */
function isTrue(text: string | null): boolean {
  return /^(?:yes|true|y|t|1|on)$/i.test(text ?? '')
}
