/**
 * Every static prompt. An id is the sound file's name under `ura/` and the prompt's name in logs and tests.
 * Menus made from the catalogue are not here: their ids are `category-menu` or `service-menu` followed by the
 * catalogue's version; the bare ids are what is heard when their speech can't be had.
 */
export const promptIds = [
  'main-menu',
  'main-menu-with-information',
  'ask-registration',
  'unknown-registration',
  'access-code-sent',
  'access-code-sent-by-email',
  'ask-access-code',
  'wrong-access-code',
  'tries-left',
  'access-code-resent',
  'access-code-undeliverable',
  'access-code-expired',
  'extension-name-before',
  'extension-name-after',
  'confirm-name-before',
  'confirm-name-after',
  'identity-declined',
  'category-menu',
  'service-menu',
  'invalid-option',
  'no-input',
  'voice-note-offer',
  'voice-note-notice',
  'voice-note-begin',
  'voice-note-review',
  'voice-note-empty',
  'voice-note-kept',
  'voice-note-failed',
  'ticket-opened',
  'ticket-registered-offline',
  'after-ticket',
  'after-ticket-by-email',
  'after-ticket-unsent',
  'ask-ticket',
  'ticket-not-found',
  'status-open',
  'status-in-progress',
  'status-waiting-for-user',
  'status-resolved',
  'status-closed',
  'status-cancelled',
  'after-status',
  'ask-satisfaction',
  'satisfaction-thanks',
  'information-menu',
  'after-information',
  'information-unavailable',
  'transferring',
  'recording-notice',
  'out-of-hours',
  'one-moment',
  'too-many-tries',
  'system-unavailable',
  'goodbye',
  'digit-0',
  'digit-1',
  'digit-2',
  'digit-3',
  'digit-4',
  'digit-5',
  'digit-6',
  'digit-7',
  'digit-8',
  'digit-9',
] as const

export type PromptId = (typeof promptIds)[number]

/** The sound file that Asterisk plays for a prompt, relative to its sounds folder and without extension. */
export function soundFileOf(id: PromptId): string {
  return `ura/${id}`
}

/** The recordings that say a number digit by digit. */
export function digitPrompts(digits: string): PromptId[] {
  return Array.from(digits).flatMap((digit) => promptIds.filter((id) => id === `digit-${digit}`))
}
