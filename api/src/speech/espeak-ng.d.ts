/** The part of eSpeak NG's Emscripten module (npm package espeak-ng 1.0.2) that is used here. */
declare module 'espeak-ng' {
  interface EspeakFileSystem {
    writeFile(path: string, content: string): void
    readFile(path: string): Uint8Array
    analyzePath(path: string): { exists: boolean }
  }

  export interface EspeakModule {
    FS: EspeakFileSystem
  }

  interface EspeakOptions {
    /** The command line of `espeak-ng`. */
    arguments: string[]
    preRun: ((module: EspeakModule) => void)[]
    print(line: string): void
    printErr(line: string): void
    instantiateWasm(
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance) => WebAssembly.Exports,
    ): WebAssembly.Exports
  }

  /** Runs the program once; settles when it has ended. */
  export default function espeakNg(options: EspeakOptions): Promise<EspeakModule>
}
