import * as fc from 'fast-check'

/** Sizes of the chunks of a stream, in bytes; used again from the first when the stream is longer. */
export const chunkSizes: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 500 })),
  { minLength: 1, maxLength: 12 },
)

/** A stream's bytes in chunks of the given sizes. */
export function* chunksOf(bytes: Buffer, sizes: readonly number[]): Generator<Buffer, void, undefined> {
  let start = 0
  for (let count = 0; start < bytes.length; count += 1) {
    const end = start + (sizes[count % sizes.length] ?? bytes.length)
    yield bytes.subarray(start, end)
    start = end
  }
}
