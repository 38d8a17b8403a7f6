import type { Clock } from '@ura/core/clock'
import { runCommandLine } from '@ura/core/command-line/run-command-line'
import type { Terminal } from '@ura/core/command-line/terminal'
import { type Environment, readConfiguration } from '@ura/core/configuration'
import { timeZone } from '@ura/core/settings'
import { agiSettings, spoolPathOf } from '../config.ts'
import { SpoolFolder } from '../spool/spool-folder.ts'
import { spoolCommands } from './spool-commands.ts'

const commandSettings = {
  dataFolder: agiSettings.dataFolder,
  spoolFolder: agiSettings.spoolFolder,
  timeZone: timeZone('TIME_ZONE', {
    description: 'Time zone of the times told to people',
    default: 'America/Sao_Paulo',
  }),
}

/** Runs one command on this host's spool and gives the exit code: 0 done, 1 refused, 2 not understood or not set up. */
export async function runAgiAdmin(run: {
  /** What was typed, without the program's name. */
  arguments: readonly string[]
  environment: Environment
  clock: Clock
  terminal: Terminal
  print: (text: string) => void
  printError: (text: string) => void
}): Promise<0 | 1 | 2> {
  return await runCommandLine({
    ...run,
    name: 'npm run agi:admin --',
    commands: spoolCommands,
    async perform({ command, input }) {
      const config = readConfiguration(commandSettings, run.environment)
      const folder = new SpoolFolder(spoolPathOf(config))
      const { terminal, clock } = run
      return await command.run({ folder, terminal, now: clock.now(), timeZone: config.timeZone }, input)
    },
  })
}
