import { ConfigurationError } from './configuration.ts'
import type { Logger } from './logger.ts'

export interface RunningService {
  log: Logger
  close(): Promise<void>
}

const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs a service until SIGINT or SIGTERM, then closes it once; a second signal ends the process at once.
 * A faulty configuration is told in plain words on the error stream, with exit code 2.
 */
export async function runService(start: () => Promise<RunningService>): Promise<void> {
  try {
    const service = await start()
    const stop = (signal: string): void => {
      for (const name of signals) {
        process.off(name, stop)
        process.once(name, () => process.exit(130))
      }
      service.log.info({ signal }, 'closing')
      service.close().then(
        () => process.exit(0),
        (error: unknown) => {
          service.log.error({ err: error }, 'closing failed')
          process.exit(1)
        },
      )
    }
    for (const name of signals) {
      process.on(name, stop)
    }
  } catch (error) {
    const isConfiguration = error instanceof ConfigurationError
    process.stderr.write(`${isConfiguration ? error.message : String((error as Error).stack)}\n`)
    process.exitCode = isConfiguration ? 2 : 1
  }
}
