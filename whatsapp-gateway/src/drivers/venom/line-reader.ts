/**
 * Cuts a byte stream into lines. `onOversize` is called once, when a line passes `lineBytesMax`; nothing is read after
 * it. What follows the last line feed is kept for the next chunk.
 */
export function createLineReader(options: {
  lineBytesMax: number
  onLine: (line: string) => void
  onOversize: () => void
}): (chunk: Buffer) => void {
  const { lineBytesMax, onLine, onOversize } = options
  let parts: Buffer[] = []
  let bytes = 0
  let oversize = false
  return (chunk) => {
    let rest = chunk
    while (!oversize && rest.length > 0) {
      const end = rest.indexOf(0x0a)
      const part = end === -1 ? rest : rest.subarray(0, end)
      bytes += part.length
      if (bytes > lineBytesMax) {
        oversize = true
        parts = []
        onOversize()
        return
      }
      parts.push(part)
      if (end === -1) {
        return
      }
      const line = Buffer.concat(parts).toString('utf8')
      parts = []
      bytes = 0
      rest = rest.subarray(end + 1)
      onLine(line)
    }
  }
}
