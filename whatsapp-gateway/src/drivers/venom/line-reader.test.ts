import { describe, expect, it, vi } from 'vitest'
import { createLineReader } from './line-reader.ts'

const text = '{"a":"é"}\n\n{"b":1}\nrest'

function read(chunks: Buffer[], lineBytesMax = 100) {
  const lines: string[] = []
  const onOversize = vi.fn<() => void>()
  const reader = createLineReader({ lineBytesMax, onLine: (line) => void lines.push(line), onOversize })
  chunks.forEach((chunk) => reader(chunk))
  return { lines, onOversize }
}

describe('the line reader', () => {
  it('finds the same lines wherever the stream is cut', () => {
    const bytes = Buffer.from(text)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const { lines } = read([bytes.subarray(0, cut), bytes.subarray(cut)])
      expect(lines).toEqual(['{"a":"é"}', '', '{"b":1}'])
    }
  })

  it('stops at a line that is too long, told once', () => {
    const { lines, onOversize } = read(
      [Buffer.from('ok\n12345'), Buffer.from('6789\n'), Buffer.from('ok\n')],
      8,
    )
    expect(lines).toEqual(['ok'])
    expect(onOversize).toHaveBeenCalledOnce()
  })
})
