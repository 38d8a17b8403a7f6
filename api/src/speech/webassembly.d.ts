/** The part of WebAssembly's interface that is used here; @types/node leaves it to the DOM library. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>
  type Exports = Record<string, unknown>

  interface Module {
    readonly [Symbol.toStringTag]: 'WebAssembly.Module'
  }

  class Instance {
    constructor(module: Module, imports: Imports)
    readonly exports: Exports
  }

  function compile(program: Uint8Array): Promise<Module>
}
