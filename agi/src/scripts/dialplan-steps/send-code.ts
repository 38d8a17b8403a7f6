import { sendAccessCode } from '../../requests/identity-requests.ts'
import type { DialplanStep } from './dialplan-step.ts'

/** `send-code`: has an access code sent to the user's WhatsApp; `URA_CODE_DIGITS` says how many digits to read. */
export const sendCode: DialplanStep<'user'> = {
  parameters: ['user'],
  unset: { URA_CODE_DIGITS: '' },
  run: async (call, { user }) => {
    const code = await sendAccessCode(call, user)
    return code.sent
      ? { URA_RESULT: 'ok', URA_CODE_DIGITS: String(code.digits) }
      : { URA_RESULT: code.reason }
  },
}
