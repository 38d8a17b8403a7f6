import { NotSentError, type OutgoingMessage } from '../driver.ts'
import { failureReasons } from './graph-error.ts'
import {
  accessCodePayload,
  noticePayload,
  oneLine,
  type Template,
  templateTextMax,
  textPayload,
} from './payloads.ts'

/** What is posted, and which template it rests on; null = free text. */
export interface Attempt {
  readonly payload: object
  readonly template: 'access_code' | 'notice' | null
}

/** A code, as the authentication template. */
export function accessCodeAttempt(message: OutgoingMessage, code: string, template: Template): Attempt {
  return { payload: accessCodePayload(message, code, template), template: 'access_code' }
}

/** Free text, for a person who wrote within 24 h. */
export function textAttempt(message: OutgoingMessage, text: string, replyTo: string | undefined): Attempt {
  return { payload: textPayload(message, text, replyTo), template: null }
}

/**
 * A text as the utility template, for everybody else.
 * @throws NotSentError `window_closed` without a template, `too_long_for_template`
 */
export function noticeAttempt(message: OutgoingMessage, text: string, template: Template | null): Attempt {
  if (template === null) {
    throw new NotSentError(failureReasons.window, { retryable: false })
  }
  if (oneLine(text).length > templateTextMax) {
    throw new NotSentError('too_long_for_template', { retryable: false })
  }
  return { payload: noticePayload(message, text, template), template: 'notice' }
}
