import { prompt, speech } from '../../call/sound.ts'
import type { DialplanStep } from './dialplan-step.ts'

/** `check-hours`: whether technicians are there (`URA_OPEN` = 1); if not, says so and when they are back. */
export const checkHours: DialplanStep<never> = {
  parameters: [],
  unset: { URA_OPEN: '0' },
  run: async (call) => {
    const hours = await call.line.waitFor(call.officeHours.now(call.signal))
    if (!hours.aberto) {
      const recorder = { replaced: (name: string) => call.log.info({ name }, 'no speech for this step') }
      await call.line.say(prompt('out-of-hours'), ...speech({ recorder }, 'next-opening', hours.url))
    }
    return { URA_RESULT: 'ok', URA_OPEN: hours.aberto ? '1' : '0' }
  },
}
