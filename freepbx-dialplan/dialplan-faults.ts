import { type Dialplan, parseDialplan, type Step } from './dialplan-text.ts'

/** What a dialplan may refer to beside its own contexts. */
export type Allowed = {
  /** FastAGI script names: the path of an `agi://` address. */
  scripts: readonly string[]
  /** Prompt ids: sound files under `ura/`. */
  prompts: readonly string[]
  /** Contexts that somebody else brings (FreePBX), entered only after DIALPLAN_EXISTS. */
  foreignContexts: readonly string[]
  /** Texts of other files that are loaded beside this one; a context stands in one of them only. */
  beside?: readonly string[]
}

type Place = { context: string; extension: string }

const applicationsThatJump = new Set(['Goto', 'GotoIf', 'GotoIfTime', 'Gosub', 'GosubIf'])
const applicationsForbidden = /^(Macro\w*|Dial|Originate|System|TrySystem|Page|DISA)$/

/**
 * What is wrong in a dialplan text, one sentence a fault: a jump to nowhere, an unknown FastAGI script or prompt, an
 * application that has no place here (Macro, anything that dials out or runs a program), a context without the common
 * guards.
 *
 * @throws Error when the text can't be read at all.
 */
export function findDialplanFaults(text: string, allowed: Allowed): string[] {
  const own = parseDialplan(text)
  const dialplan: Dialplan = new Map(own)
  const faults: string[] = []
  for (const [context, content] of (allowed.beside ?? []).flatMap((other) => [...parseDialplan(other)])) {
    if (own.has(context)) faults.push(`${context}: stands in another file as well`)
    else dialplan.set(context, content)
  }
  for (const [context, { extensions, includes }] of own) {
    for (const included of includes) {
      if (!dialplan.has(included)) faults.push(`${context}: includes ${included}, which doesn't exist`)
    }
    for (const guard of ['i', 't', 'h']) {
      const holders = [context, ...includes]
      if (!holders.some((holder) => dialplan.get(holder)?.extensions.has(guard) === true))
        faults.push(`${context}: has no extension ${guard}`)
    }
    for (const [extension, steps] of extensions) {
      for (const step of steps) {
        const found = findStepFaults({ dialplan, allowed, place: { context, extension }, step })
        faults.push(...found.map((fault) => `line ${step.line}: ${fault}`))
      }
    }
  }
  return faults
}

function findStepFaults(options: {
  dialplan: Dialplan
  allowed: Allowed
  place: Place
  step: Step
}): string[] {
  const { dialplan, allowed, place, step } = options
  const faults: string[] = []
  const whole = `${step.application}(${step.argument})`
  const applications = [step.application, ...applicationsRunByExecIf(step)]
  for (const application of applications) {
    if (applicationsForbidden.test(application)) faults.push(`${application} is not allowed here`)
  }
  for (const target of jumpTargets(step)) {
    if (!targetExists({ dialplan, allowed, place, target }))
      faults.push(`jumps to ${target}, which doesn't exist`)
  }
  for (const [, script = ''] of whole.matchAll(/agi:\/\/[^/,)]+\/([^,)?]*)/g)) {
    if (!allowed.scripts.includes(script))
      faults.push(`asks for the FastAGI script "${script}", which isn't served`)
  }
  for (const [, prompt = ''] of whole.matchAll(/\bura\/([\w-]*)/g)) {
    if (!allowed.prompts.includes(prompt)) faults.push(`plays ura/${prompt}, which isn't a prompt`)
  }
  return faults
}

function applicationsRunByExecIf(step: Step): string[] {
  if (step.application !== 'ExecIf') return []
  return [...step.argument.matchAll(/[?:](\w+)\(/g)].map(([, application]) => application ?? '')
}

/** Where a step can jump to, as written: `label`, `extension,priority` or `context,extension,priority`. */
function jumpTargets(step: Step): string[] {
  if (!applicationsThatJump.has(step.application)) return []
  if (step.application === 'Goto' || step.application === 'Gosub') return [withoutArguments(step.argument)]
  // The last "?" ends the condition; the branches hold none of their own, and no ":" outside a variable.
  const branches = step.argument.slice(step.argument.lastIndexOf('?') + 1)
  return branches
    .split(':')
    .filter((branch) => branch !== '')
    .map(withoutArguments)
}

/** Of `context,extension,priority(arguments)`, as Gosub has it, what comes before the arguments. */
function withoutArguments(target: string): string {
  return target.replace(/(?<=[\w)}])\(.*\)$/, '')
}

function targetExists(options: {
  dialplan: Dialplan
  allowed: Allowed
  place: Place
  target: string
}): boolean {
  const { dialplan, allowed, place } = options
  const parts = options.target.split(',')
  const label = parts.at(-1) ?? ''
  const extension = parts.at(-2) ?? place.extension
  const context = parts.at(-3) ?? place.context
  if (allowed.foreignContexts.includes(context)) return true
  const steps = dialplan.get(context)?.extensions.get(extension) ?? []
  return steps.some((step) => step.label === label || String(step.priority) === label)
}
