import { parseCommand } from './command-table.ts'
import type { Outcome, ReplyForm } from './reply-forms.ts'

/** What happens around one command. */
export interface Step {
  form: ReplyForm
  token: number
  text: string
  /** Asterisk refuses the command instead of answering it. */
  refusal: string | null
  /** A line of progress before the reply. */
  trying: boolean
  /** The caller hangs up before or after the reply; 'silently' with AGISIGHUP=no. */
  hangup: 'no' | 'before' | 'after' | 'silently-before' | 'silently-after'
}

/** Replies to any command beside 200, and the code of the error that each is. */
export const REFUSALS: Readonly<Record<string, string>> = {
  '510 Invalid or unknown command': 'invalid-command',
  '520 Invalid command syntax.  Proper usage not available.': 'usage',
  '520-Invalid command syntax.  Proper usage follows:\nUsage: (x)\nHANGUP\n\n520 End of proper usage.':
    'usage',
  '503 result=-2 Memory allocation failure': 'command-failed',
  '404 Not of this protocol': 'protocol',
}

const DEAD = '511 Command Not Permitted on a dead channel or intercept routine\n'
const ALIVE = '200 result=6\n'

/**
 * Asterisk's side of a conversation that goes by a plan: takes lines, gives the bytes that follow each. A hangup is
 * told between replies, as run_agi of res/res_agi.c does; after it what needs a live channel gets 511.
 */
export class ModelledPeer {
  readonly #steps: readonly Step[]
  #next = 0
  #isDead = false
  #questionDue = false

  constructor(steps: readonly Step[]) {
    this.#steps = steps
  }

  /** What Asterisk sends for a line, which comes without its line feed. @throws Error for one that isn't due. */
  answer(line: string): string {
    if (this.#questionDue && line === 'CHANNEL STATUS') {
      this.#questionDue = false
      return this.#isDead ? DEAD : ALIVE
    }
    this.#questionDue = false
    const allowedWhenDead = parseCommand(line)?.allowedWhenDead ?? false
    if (this.#isDead) {
      // What the library refuses by itself, once it knows of the hangup, never comes here.
      if (!allowedWhenDead) return DEAD
      while (this.#steps[this.#next]?.form.needsLife === true) this.#next += 1
    }
    const step = this.#steps[this.#next]
    if (step === undefined || !line.startsWith(step.form.verb)) throw new Error(`'${line}' was not due`)
    this.#next += 1
    return this.#play(step, line, allowedWhenDead)
  }

  #play(step: Step, line: string, allowedWhenDead: boolean): string {
    let sent = ''
    if (step.hangup.endsWith('before')) sent += this.#hangUp(step)
    if (this.#isDead && !allowedWhenDead) return sent + DEAD
    if (step.trying) sent += '100 result=0 Trying...\n'
    sent += `${step.refusal ?? step.form.reply({ ...step, line })}\n`
    this.#questionDue = step.refusal === null && step.form.asks
    return step.hangup.endsWith('after') ? sent + this.#hangUp(step) : sent
  }

  #hangUp({ hangup }: Step): string {
    if (this.#isDead) return ''
    this.#isDead = true
    return hangup.startsWith('silently') ? '' : 'HANGUP\n'
  }
}

/** What each command of a plan must come to, however the bytes are cut. */
export function outcomesOf(steps: readonly Step[]): Outcome[] {
  const known = { isDead: false, isTold: false, wasAlive: false }
  return steps.map((step) => outcomeOf(step, known))
}

function outcomeOf(step: Step, known: { isDead: boolean; isTold: boolean; wasAlive: boolean }): Outcome {
  const { form, hangup, refusal } = step
  const hangUp = (): void => {
    if (!known.isDead) known.isTold = !hangup.startsWith('silently')
    known.isDead = true
  }
  /** What 511 says: a hangup, if the channel is known to have lived. */
  const gone = (): Outcome => {
    if (known.wasAlive) known.isTold = true
    return form.whenGone ?? { code: known.isTold ? 'hangup' : 'dead-channel' }
  }
  if (hangup.endsWith('before')) hangUp()
  if (known.isDead && form.needsLife) return gone()
  if (refusal === null && form.needsLife) known.wasAlive = true
  if (hangup.endsWith('after')) hangUp()
  if (refusal !== null) return { code: REFUSALS[refusal] ?? '' }
  if (form.asks && known.isDead) return gone()
  if (form.asks) known.wasAlive = true
  return form.outcome(step)
}
