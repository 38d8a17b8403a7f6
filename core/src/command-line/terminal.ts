import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'

/** Where the administrator sits, beside what a command prints in the end. */
export interface Terminal {
  /** Asks a question of yes or no; null where nobody can answer. */
  confirm: ((question: string) => Promise<boolean>) | null
  /** Shows how far long work has got. */
  progress(label: string, done: number, total: number): void
}

const barWidth = 30

/** Asks and shows progress on `output` (stderr): a bar on a terminal, a line for each tenth elsewhere. */
export function createTerminal(streams: {
  input: Readable & { isTTY?: boolean }
  output: Writable & { isTTY?: boolean }
}): Terminal {
  const { input, output } = streams
  const hasBar = output.isTTY === true
  let shown = ''

  function show(label: string, percent: number): void {
    const step = hasBar ? percent : Math.floor(percent / 10) * 10
    const key = `${label} ${step}`
    if (key === shown) {
      return
    }
    shown = key
    const filled = Math.round((step / 100) * barWidth)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
    output.write(hasBar ? `\r${label} ${bar} ${step}%${step === 100 ? '\n' : ''}` : `${label}: ${step}%\n`)
  }

  return {
    confirm: input.isTTY === true && hasBar ? (question) => ask(question, { input, output }) : null,
    progress(label, done, total) {
      show(label, total === 0 ? 100 : Math.floor((done / total) * 100))
    },
  }
}

/** Anything but a plain yes is a no, and so is the end of the input. */
async function ask(question: string, streams: { input: Readable; output: Writable }): Promise<boolean> {
  const lines = createInterface(streams)
  const ended = new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''))
  })
  try {
    const answer = await Promise.race([lines.question(`${question} [s/N] `), ended])
    return /^(?:s|sim|y|yes)$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}
