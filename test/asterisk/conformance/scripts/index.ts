import type { Script } from '../script.ts'
import { dataScripts } from './data.ts'
import { interruptionScripts } from './interruptions.ts'
import { soundScripts } from './sound.ts'
import { wrongScripts } from './wrong.ts'

/** Every conversation that both sides have. */
export const scripts: readonly Script[] = [
  ...dataScripts,
  ...wrongScripts,
  ...soundScripts,
  ...interruptionScripts,
]
