import { type BurstOutcome, burstText, isSustained } from './burst.ts'

/** The highest rate that was borne, and how. */
export interface SustainedRate {
  callsPerS: number
  outcome: BurstOutcome
}

const growth = 1.5
const refinements = 2
const callsPerSMin = 0.2
const callsPerSMax = 200

/**
 * Looks for the highest rate of calls that is borne: up or down by half from a guess until one is borne and the next is
 * not, then twice halfway between. Null when not even 0.2 calls a second are borne.
 *
 * @param attempt Makes calls at a rate.
 */
export async function findSustainedRate(options: {
  guessCallsPerS: number
  attempt: (callsPerS: number) => Promise<BurstOutcome>
  progress: (line: string) => void
}): Promise<SustainedRate | null> {
  const { attempt, progress } = options
  const known: { borne: SustainedRate | null; tooMuchPerS: number } = { borne: null, tooMuchPerS: Infinity }
  const tryRate = async (callsPerS: number): Promise<void> => {
    const outcome = await attempt(callsPerS)
    const isBorne = isSustained(outcome)
    progress(`  ${callsPerS.toFixed(2)} calls/s: ${burstText(outcome)}${isBorne ? '' : ' (too much)'}`)
    if (isBorne) known.borne = { callsPerS, outcome }
    else known.tooMuchPerS = callsPerS
  }
  for (
    let rate = options.guessCallsPerS;
    rate >= callsPerSMin && rate <= callsPerSMax && (known.borne === null || known.tooMuchPerS === Infinity);
    rate = known.borne === null ? known.tooMuchPerS / growth : known.borne.callsPerS * growth
  ) {
    await tryRate(rate)
  }
  for (let turn = 0; turn < refinements; turn += 1) {
    if (known.borne === null || known.tooMuchPerS === Infinity) break
    await tryRate(Math.sqrt(known.borne.callsPerS * known.tooMuchPerS))
  }
  return known.borne
}
