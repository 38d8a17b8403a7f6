/** Asterisk's MSet takes 99 (main/pbx_variables.c, pbx_builtin_setvar_multiple). */
const PAIRS_MAX = 99

/** What is left in a line for the pairs, after `EXEC "MSet" ""` and its line feed. */
const LINE_OVERHEAD_BYTES = 32

/** How a set of variables is written: argument lists for MSet, and pairs for SET VARIABLE. */
export interface VariablePlan {
  multiple: string[]
  single: [name: string, value: string][]
}

/**
 * Puts together as many variables as MSet carries unchanged. It takes quotes and backslashes out, keeps commas
 * together inside brackets, and with AGIEXECFULL=yes `$` would be expanded: whatever holds one of them, and
 * every name that isn't a plain one, goes by SET VARIABLE.
 */
export function planVariables(
  variables: Readonly<Record<string, string>>,
  lineBytesMax: number,
): VariablePlan {
  const plan: VariablePlan = { multiple: [], single: [] }
  let group: [string, string][] = []
  let groupBytes = 0
  const closeGroup = (): void => {
    if (group.length > 1) plan.multiple.push(group.map(([name, value]) => `${name}=${value}`).join(','))
    else plan.single.push(...group)
    group = []
    groupBytes = 0
  }
  for (const [name, value] of Object.entries(variables)) {
    if (!fitsMSet(name, value)) {
      plan.single.push([name, value])
      continue
    }
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(value) + 2
    if (group.length >= PAIRS_MAX || groupBytes + bytes > lineBytesMax - LINE_OVERHEAD_BYTES) closeGroup()
    group.push([name, value])
    groupBytes += bytes
  }
  closeGroup()
  return plan
}

function fitsMSet(name: string, value: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !/[,"\\()[\]$]/.test(value)
}
