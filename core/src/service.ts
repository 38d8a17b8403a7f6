import { ConfigurationError } from './configuration.ts'
import type { Logger } from './logger.ts'

export interface RunningService {
  log: Logger
  close(): Promise<void>
}

/** Why a service can't start, in words for whoever started it; needs no stack to be understood. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}

const signals = ['SIGINT', 'SIGTERM'] as const

/** A closing that takes longer is given up: more than any answer, less than what starts it waits for before killing. */
const closeMsMax = 25_000

/**
 * Lets SIGUSR2 switch between the configured level of a log and `debug` (from `debug` or `trace`, to `info`), so that a
 * running service can be looked into and left as it was.
 */
export function switchLogLevelOnSignal(log: Logger): void {
  const configured = log.level
  const other = configured === 'debug' || configured === 'trace' ? 'info' : 'debug'
  process.on('SIGUSR2', () => {
    log.level = log.level === configured ? other : configured
    // At a level that is always told, or nobody would see that it worked.
    log.fatal({ logLevel: log.level }, 'log level switched')
  })
}

/**
 * Runs a service until SIGINT or SIGTERM, then closes it once, within 25 s; a second signal ends the process at once.
 * SIGUSR2 switches its log to `debug` and back.
 * What keeps it from starting is told on the error stream: exit code 2 for a faulty configuration, 1 for the rest.
 */
export async function runService(start: () => Promise<RunningService>): Promise<void> {
  try {
    const service = await start()
    switchLogLevelOnSignal(service.log)
    const stop = (signal: string): void => {
      for (const name of signals) {
        process.off(name, stop)
        process.once(name, () => process.exit(130))
      }
      service.log.info({ signal }, 'closing')
      setTimeout(() => {
        service.log.error({ closeMsMax }, 'closing took too long')
        process.exit(1)
      }, closeMsMax)
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
    // Parts that have started already would keep the process alive.
    process.stderr.write(`${reasonOf(error)}\n`, () =>
      process.exit(error instanceof ConfigurationError ? 2 : 1),
    )
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigurationError || error instanceof StartupError) {
    return error.message
  }
  const { code, address, port } = error as { code?: string; address?: string; port?: number }
  if (code === 'EADDRINUSE') {
    return `Something else listens on ${address}:${port}. Stop it, or choose another port (0 picks a free one).`
  }
  return error instanceof Error ? String(error.stack) : String(error)
}
