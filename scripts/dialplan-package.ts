import { createTerminal } from '@ura/core/command-line/terminal'
import { runDialplanPackage } from './dialplan-package/command.ts'
import { runPrompts } from './prompts/command.ts'

/** `npm run dialplan:package`: one file that holds all that a PBX needs, for a machine without Node. */
const terminal = createTerminal({ input: process.stdin, output: process.stderr })
const print = (text: string) => console.log(text)
const printError = (text: string) => console.error(text)
process.exitCode = await runDialplanPackage({
  arguments: process.argv.slice(2),
  makePrompts: (soundsFolder) =>
    runPrompts({
      arguments: ['--out', soundsFolder, '--no-page'],
      environment: process.env,
      progress: (label, done, total) => terminal.progress(label, done, total),
      print,
      printError,
    }),
  print,
  printError,
})
