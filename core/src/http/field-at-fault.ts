/** One error of TypeBox's validator. */
interface ValidationFault {
  keyword?: string
  instancePath?: string
  params?: Record<string, unknown>
}

/**
 * The name of the first field that a validation complains of, as `usuario` or `etapas.0.em`, in at most 100 characters;
 * a header in its usual spelling, as `Idempotency-Key`. Null when the body as a whole is at fault.
 */
export function fieldAtFault(faults: readonly ValidationFault[], context: string | undefined): string | null {
  // Errors of a deeper path come with errors of the objects around them; the deepest says most.
  const [fault] = faults.toSorted((one, other) => depth(other) - depth(one))
  if (fault === undefined) {
    return null
  }
  const path = (fault.instancePath ?? '').split('/').slice(1)
  const named = fault.params?.['requiredProperties'] ?? fault.params?.['additionalProperties']
  const [inside] = Array.isArray(named) ? (named as unknown[]) : []
  // A field that we don't know is the client's own text: bounded before it is told back.
  const field = (typeof inside === 'string' ? [...path, inside] : path).join('.').slice(0, 100)
  if (field === '') {
    return null
  }
  return context === 'headers' ? field.replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase()) : field
}

function depth(fault: ValidationFault): number {
  return (fault.instancePath ?? '').split('/').length
}
