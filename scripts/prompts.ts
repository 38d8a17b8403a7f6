import { createTerminal } from '@ura/api/admin/terminal'
import { runPrompts } from './prompts/command.ts'

/** `npm run prompts`: the prompt pack, and the page on which it can be heard. */
const terminal = createTerminal({ input: process.stdin, output: process.stderr })
process.exitCode = await runPrompts({
  arguments: process.argv.slice(2),
  environment: process.env,
  progress: (label, done, total) => terminal.progress(label, done, total),
  print: (text) => console.log(text),
  printError: (text) => console.error(text),
})
