import type { FakeCommand } from './command.ts'
import { result, usage, value } from './outcome.ts'

/** The buffer of GET VARIABLE is 1,024 bytes with its terminator. */
const VALUE_BYTES_MAX = 1_023

/** GET VARIABLE name */
export const getVariable: FakeCommand = ({ variables }, [name, ...rest]) => {
  if (name === undefined || rest.length > 0) return usage()
  const found = variables.get(name)
  return found === null ? result(0) : value(Buffer.from(found).subarray(0, VALUE_BYTES_MAX).toString())
}

/** GET FULL VARIABLE expression [channel] */
export const getFullVariable: FakeCommand = ({ variables, facts }, [expression, channel, ...rest]) => {
  if (expression === undefined || rest.length > 0) return usage()
  if (channel !== undefined && channel !== facts.channel) return result(0)
  return value(variables.expand(expression))
}

/** SET VARIABLE name value */
export const setVariable: FakeCommand = ({ variables }, [name, text, ...rest]) => {
  if (name === undefined || text === undefined || rest.length > 0) return usage()
  variables.set(name, text)
  return result(1)
}
