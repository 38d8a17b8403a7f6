import { sendAccessCode } from '../../requests/identity-requests.ts'
import type { DialplanStep } from './dialplan-step.ts'

/**
 * `send-code`: has an access code sent to the user's WhatsApp or e-mail. `URA_CODE_CHANNEL` says to which (`whatsapp`,
 * `email`), `URA_CODE_DIGITS` how many digits to read.
 */
export const sendCode: DialplanStep<'user'> = {
  parameters: ['user'],
  unset: { URA_CODE_DIGITS: '', URA_CODE_CHANNEL: '' },
  run: async (call, { user }) => {
    const code = await sendAccessCode(call, user)
    return code.sent
      ? { URA_RESULT: 'ok', URA_CODE_DIGITS: String(code.digits), URA_CODE_CHANNEL: code.channel }
      : { URA_RESULT: code.reason }
  },
}
