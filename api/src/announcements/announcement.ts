import { createHash } from 'node:crypto'
import { cleanForSpeech } from '../speech/spoken-text.ts'

/** A text that an administrator wrote for callers to hear. */
export interface Announcement {
  id: number
  /** How the menu names it, 1 to 60 characters. */
  title: string
  /** 1 to 1,000 characters: about a minute. */
  text: string
  /** Its place among all, from 1. */
  position: number
  active: boolean
}

export const titleCharactersMax = 60
export const textCharactersMax = 1_000
/** That are kept, switched on or off. */
export const announcementsMax = 9
/** That are switched on: keys 1 to 8 of the menu, where 9 hears again. */
export const activeAnnouncementsMax = 8

/** What callers are offered, with its key. */
export interface OfferedAnnouncement extends Announcement {
  key: string
}

/** Those that are switched on, with the keys 1, 2, … in their order. */
export function offeredAnnouncements(announcements: readonly Announcement[]): OfferedAnnouncement[] {
  return announcements
    .filter(({ active }) => active)
    .slice(0, activeAnnouncementsMax)
    .map((announcement, index) => ({ ...announcement, key: String(index + 1) }))
}

/** Spoken text of the menu; 9 and asterisk are keys of the call flow. */
export function announcementMenuText(offered: readonly OfferedAnnouncement[]): string {
  return [
    ...offered.map(({ title, key }) => `${cleanForSpeech(title)}, tecle ${key}.`),
    'Para ouvir novamente, tecle 9.',
    'Para voltar, tecle asterisco.',
  ].join(' ')
}

/** Spoken text of one. */
export function announcementText({ text }: Pick<Announcement, 'text'>): string {
  return cleanForSpeech(text, textCharactersMax)
}

/** 16 hex digits that change whenever a text, a title or a key changes. */
export function announcementsVersion(offered: readonly OfferedAnnouncement[]): string {
  const content = offered.map(({ id, key, title, text }) => [id, key, title, text])
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
}

/**
 * A title or a text as it is kept: blanks joined, so that a text may come in several lines; null when it has nothing to
 * speak or too many characters.
 */
export function spokenLine(typed: string, charactersMax: number): string | null {
  const line = typed
    .normalize('NFC')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return /[\p{L}\p{N}]/u.test(line) && Array.from(line).length <= charactersMax ? line : null
}
