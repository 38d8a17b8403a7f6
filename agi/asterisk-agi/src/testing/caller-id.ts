/** Cuts `"name" <number>`, `name` or `number` as main/callerid.c does (ast_callerid_parse); at most 255 bytes. */
export function parseCallerId(text: string): { callerId: string; callerIdName: string } {
  const given = Buffer.from(text).subarray(0, 255).toString().trim()
  const stripped = withoutQuotes(given)
  const open = stripped.lastIndexOf('<')
  if (open !== -1) {
    const [number = ''] = stripped.slice(open + 1).split('>')
    return { callerId: shrunken(number), callerIdName: unescaped(withoutQuotes(stripped.slice(0, open))) }
  }
  const number = shrunken(stripped)
  const isNumber = stripped === given && /^[0-9*#+]+$/.test(number)
  return isNumber
    ? { callerId: number, callerIdName: '' }
    : { callerId: '', callerIdName: unescaped(stripped) }
}

function withoutQuotes(text: string): string {
  const trimmed = text.trim()
  return /^".*"$/s.test(trimmed) && trimmed.length > 1 ? trimmed.slice(1, -1) : trimmed
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1')
}

/** Without what people write into numbers: blanks, brackets, hyphens, dots but the last. */
function shrunken(number: string): string {
  return number.replace(/[ ()-]|\.(?=.)/g, '')
}
