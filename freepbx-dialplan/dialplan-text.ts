/** One priority of an extension: what `exten =>` or `same =>` says. */
export type Step = { priority: number; label?: string; application: string; argument: string; line: number }

/** The contexts of an extensions.conf text: of each its extensions and the contexts that it includes. */
export type Dialplan = Map<string, { extensions: Map<string, Step[]>; includes: string[] }>

/**
 * Reads the dialplan text that this project writes: sections, `include =>`, `exten => name,priority,App(args)` and
 * `same => n(label),App(args)`, with `;` comments. It isn't all of extensions.conf (main/config.c, pbx/pbx_config.c).
 *
 * @throws Error naming the line that it can't read.
 */
export function parseDialplan(text: string): Dialplan {
  const dialplan: Dialplan = new Map()
  let context: { extensions: Map<string, Step[]>; includes: string[] } | undefined
  let steps: Step[] | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(?<!\\);.*$/, '').trim()
    const section = /^\[([\w-]+)\]$/.exec(line)
    const statement = /^(include|exten|same)\s*=>\s*(.+)$/.exec(line)
    if (line === '') continue
    if (section?.[1] !== undefined) {
      context = { extensions: new Map(), includes: [] }
      dialplan.set(section[1], context)
      steps = undefined
    } else if (context !== undefined && statement?.[1] === 'include') {
      context.includes.push(statement[2] ?? '')
    } else if (context !== undefined && statement !== null) {
      const { name, step } = parseStep(statement[2] ?? '', {
        isFirst: statement[1] === 'exten',
        line: index + 1,
      })
      if (name !== undefined) context.extensions.set(name, (steps = []))
      if (steps === undefined) throw new Error(`line ${index + 1}: "same" before any "exten"`)
      steps.push({ ...step, priority: step.priority === 0 ? steps.length + 1 : step.priority })
    } else {
      throw new Error(`line ${index + 1}: not understood: ${line}`)
    }
  }
  return dialplan
}

function parseStep(
  statement: string,
  place: { isFirst: boolean; line: number },
): { name?: string; step: Step } {
  const pattern = place.isFirst
    ? /^(?<name>[^,]+),(?<priority>\d+)(?:\((?<label>\w+)\))?,(?<application>\w+)\((?<argument>.*)\)$/
    : /^(?<priority>n|\d+)(?:\((?<label>\w+)\))?,(?<application>\w+)\((?<argument>.*)\)$/
  const groups = pattern.exec(statement)?.groups
  if (groups === undefined) throw new Error(`line ${place.line}: not understood: ${statement}`)
  const { name, priority = 'n', label, application = '', argument = '' } = groups
  const step = { priority: priority === 'n' ? 0 : Number(priority), application, argument, line: place.line }
  return {
    ...(name === undefined ? {} : { name }),
    step: label === undefined ? step : { ...step, label },
  }
}
