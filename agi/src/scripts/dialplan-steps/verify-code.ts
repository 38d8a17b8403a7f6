import { verifyAccessCode } from '../../requests/identity-requests.ts'
import type { DialplanStep } from './dialplan-step.ts'

const words = { incorreto: 'wrong', expirado: 'expired', bloqueado: 'blocked' } as const

/** `verify-code`: tries an access code; the right one (`cod_ver` = 1) identifies the user for the rest of this call. */
export const verifyCode: DialplanStep<'user' | 'code'> = {
  parameters: ['user', 'code'],
  unset: { cod_ver: '0', URA_TRIES_LEFT: '' },
  run: async (call, { user, code }) => {
    const verdict = await verifyAccessCode(call, user, code)
    return verdict.status
      ? { URA_RESULT: 'ok', cod_ver: '1' }
      : { URA_RESULT: words[verdict.motivo], URA_TRIES_LEFT: String(verdict.tentativas_restantes) }
  },
}
