import { readFile } from 'node:fs/promises'
import espeakNg, { type EspeakModule } from 'espeak-ng'

/** One run of eSpeak NG: what it wrote to files and to its standard output and error. */
export interface EspeakRun {
  files: EspeakModule['FS']
  printed: readonly string[]
  complaints: readonly string[]
}

export type EspeakProgram = (text: string, options: readonly string[]) => Promise<EspeakRun>

const textPath = '/text'

/**
 * The `espeak-ng` command. It occupies its thread while it runs.
 *
 * The program is compiled once and runs in a fresh memory for every text: no text leaves a trace for the next, and
 * one that brings it down harms nothing else.
 */
export async function loadEspeakProgram(): Promise<EspeakProgram> {
  const program = new URL('espeak-ng.wasm', import.meta.resolve('espeak-ng'))
  const compiled = await WebAssembly.compile(await readFile(program))
  return async (text, options) => {
    const printed: string[] = []
    const complaints: string[] = []
    const { FS: files } = await espeakNg({
      // UTF-8, and from a file: as an argument the text could be taken for an option.
      arguments: [...options, '-b', '1', '-f', textPath],
      preRun: [(module) => module.FS.writeFile(textPath, text)],
      print: (line) => printed.push(line),
      printErr: (line) => complaints.push(line),
      instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(compiled, imports)),
    })
    return { files, printed, complaints }
  }
}
