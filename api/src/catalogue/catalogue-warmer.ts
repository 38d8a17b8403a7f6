import { addAbortListener } from 'node:events'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Database } from '../database/schema.ts'
import type { SpeechService } from '../speech/speech-service.ts'
import { type Catalogue, catalogueVersion, categoryMenuText, serviceMenuText } from './catalogue.ts'
import { readCatalogue } from './catalogue-repository.ts'

/** Speaks the catalogue's menus before a call asks for them. */
export interface CatalogueWarmer {
  /**
   * Looks whether the catalogue has changed, by whomever, and if so speaks its menus one after another, so that no
   * caller's name waits behind them all. To be called again and again; costs one statement when nothing has changed.
   */
  warm(signal: AbortSignal): Promise<void>
}

/** So often unchanged menus are looked at, too: what was swept away or damaged meanwhile is made again. */
const repeatMs = 3_600_000
/** After a menu that couldn't be spoken; doubled each time. */
const pauseMinMs = 5_000
const pauseMaxMs = 300_000

interface Failure {
  version: string
  pauseMs: number
  untilMs: number
}

export function createCatalogueWarmer({
  db,
  speech,
  clock,
  log,
}: {
  db: Database
  speech: Pick<SpeechService, 'speak'>
  clock: Clock
  log: Logger
}): CatalogueWarmer {
  let spoken = { version: '', untilMs: 0 }
  let failure: Failure | null = null

  /** Whether every menu has its sound; no further one is asked for after one that couldn't be had. */
  async function speakMenus(catalogue: Catalogue, signal: AbortSignal): Promise<boolean> {
    const texts = [categoryMenuText(catalogue), ...catalogue.map((category) => serviceMenuText(category))]
    for (const text of texts) {
      if ((await unlessAborted(() => speech.speak({ text, kind: 'catalogue' }), signal)) === null) {
        return false
      }
    }
    return true
  }

  return {
    async warm(signal) {
      const catalogue = await readCatalogue(db)
      const version = catalogueVersion(catalogue)
      const nowMs = clock.now().getTime()
      const isSpoken = spoken.version === version && nowMs < spoken.untilMs
      const mayTry = failure?.version !== version || nowMs >= failure.untilMs
      if (isSpoken || !mayTry) {
        return
      }
      if (await speakMenus(catalogue, signal)) {
        spoken = { version, untilMs: nowMs + repeatMs }
        failure = null
        log.debug({ version, menus: catalogue.length + 1 }, 'catalogue spoken ahead')
      } else if (!signal.aborted) {
        const before = failure?.version === version ? failure.pauseMs * 2 : pauseMinMs
        const pauseMs = Math.min(before, pauseMaxMs)
        failure = { version, pauseMs, untilMs: clock.now().getTime() + pauseMs }
        log.warn({ version, pauseMs }, 'catalogue could not be spoken ahead')
      }
    },
  }
}

/** What `work` gives; null as soon as the signal aborts, for closing waits for nobody's synthesis. */
async function unlessAborted<Result>(
  work: () => Promise<Result | null>,
  signal: AbortSignal,
): Promise<Result | null> {
  if (signal.aborted) {
    return null
  }
  const { promise: aborted, resolve } = Promise.withResolvers<null>()
  const listener = addAbortListener(signal, () => resolve(null))
  try {
    return await Promise.race([work(), aborted])
  } finally {
    listener[Symbol.dispose]()
  }
}
