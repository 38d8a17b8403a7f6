import {
  announcementMenuText,
  announcementsVersion,
  announcementText,
  offeredAnnouncements,
  type OfferedAnnouncement,
} from '../announcements/announcement.ts'
import { listAnnouncements } from '../announcements/announcement-repository.ts'
import { addAbortListener } from 'node:events'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Database } from '../database/schema.ts'
import { everyDigit } from '../speech/dictation.ts'
import type { SpeechService } from '../speech/speech-service.ts'
import { type Catalogue, catalogueVersion, categoryMenuText, serviceMenuText } from './catalogue.ts'
import { readCatalogue } from './catalogue-repository.ts'

/** Speaks the catalogue's menus, the digits of protocols and the announcements before a call asks for them. */
export interface CatalogueWarmer {
  /**
   * Looks whether the catalogue or an announcement has changed, by whomever, and if so speaks them one after another, so
   * that no caller's name waits behind them all. To be called again and again; costs two statements when nothing has.
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
  async function speakAll(texts: readonly string[], signal: AbortSignal): Promise<boolean> {
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
      const announcements = offeredAnnouncements(await listAnnouncements(db))
      const version = `${catalogueVersion(catalogue)}/${announcementsVersion(announcements)}`
      const nowMs = clock.now().getTime()
      const isSpoken = spoken.version === version && nowMs < spoken.untilMs
      const mayTry = failure?.version !== version || nowMs >= failure.untilMs
      if (isSpoken || !mayTry) {
        return
      }
      const texts = [...menuTexts(catalogue), ...everyDigit, ...announcementTexts(announcements)]
      if (await speakAll(texts, signal)) {
        spoken = { version, untilMs: nowMs + repeatMs }
        failure = null
        log.debug({ version, texts: texts.length }, 'catalogue spoken ahead')
      } else if (!signal.aborted) {
        const before = failure?.version === version ? failure.pauseMs * 2 : pauseMinMs
        const pauseMs = Math.min(before, pauseMaxMs)
        failure = { version, pauseMs, untilMs: clock.now().getTime() + pauseMs }
        log.warn({ version, pauseMs }, 'catalogue could not be spoken ahead')
      }
    },
  }
}

function menuTexts(catalogue: Catalogue): string[] {
  return [categoryMenuText(catalogue), ...catalogue.map((category) => serviceMenuText(category))]
}

/** None at all without announcements: nobody is offered their menu. */
function announcementTexts(announcements: readonly OfferedAnnouncement[]): string[] {
  return announcements.length === 0
    ? []
    : [announcementMenuText(announcements), ...announcements.map((one) => announcementText(one))]
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
