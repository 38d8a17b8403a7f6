/** The part of ding-dong 0.1.7 that is used here; its package brings no types. */
declare module 'ding-dong' {
  import type { Server } from 'node:net'

  interface Context {
    /** Resolves at the first event of that name: 'variables' when the environment has come. */
    onEvent(event: 'variables'): Promise<Record<string, string>>
    streamFile(file: string, escapeDigits: string): Promise<unknown>
    setVariable(name: string, value: string): Promise<unknown>
    getData(file: string, timeoutMs: number, maxDigits: number): Promise<unknown>
    end(): Promise<void>
  }

  export default function createAgiServer(handler: (context: Context) => void): {
    /** @param port A number 0 would become 3000; the text '0' picks a free port. */
    start(port: string, host: string): Server
  }
}
