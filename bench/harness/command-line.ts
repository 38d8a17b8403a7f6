import { parseArgs } from 'node:util'

const RUNS_DEFAULT = 5
const RUNS_MAX = 100

/** What `npm run bench -- …` was asked for. */
export interface CommandLine {
  name: string
  /** How often each thing is measured, 1 to 100, default 5. */
  runs: number
  /** Whether the last line shall be one JSON object. */
  json: boolean
  /** Whether the figures shall be kept in `bench/RESULTS.md`. */
  write: boolean
}

/**
 * Reads the arguments.
 *
 * @param names The benchmarks that exist.
 * @throws Error in plain words, with the names, for an unknown one, an unknown option or a bad number.
 */
export function readCommandLine(args: readonly string[], names: readonly string[]): CommandLine {
  const usage = `Usage: npm run bench -- NAME [--runs N] [--json] [--write]. Benchmarks: ${names.join(', ')}.`
  const { values, positionals } = parsed(args, usage)
  const [name, ...rest] = positionals
  if (name === undefined) throw new Error(`Which benchmark? ${usage}`)
  if (!names.includes(name)) throw new Error(`There is no benchmark '${name}'. ${usage}`)
  if (rest.length > 0) throw new Error(`One benchmark at a time. ${usage}`)
  const runs = values.runs === undefined ? RUNS_DEFAULT : Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1 || runs > RUNS_MAX) {
    throw new Error(`--runs takes a whole number from 1 to ${RUNS_MAX}. ${usage}`)
  }
  return { name, runs, json: values.json ?? false, write: values.write ?? false }
}

interface Parsed {
  values: { runs?: string; json?: boolean; write?: boolean }
  positionals: string[]
}

function parsed(args: readonly string[], usage: string): Parsed {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { runs: { type: 'string' }, json: { type: 'boolean' }, write: { type: 'boolean' } },
    })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}. ${usage}`, { cause: error })
  }
}
