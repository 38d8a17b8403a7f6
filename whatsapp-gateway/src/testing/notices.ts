import type { NewNotice } from '../outbox/outbox-store.ts'

/** What makes a message of the person of the tests a notice. */
export function notice(fields: Partial<NewNotice> = {}): NewNotice {
  return { heldUntil: null, topic: null, recipients: ['+5545999990001'], ...fields }
}
