import { AgiProtocolError } from './errors.ts'

const LINE_FEED = 0x0a

/** Pieces of one line kept apart. Each costs some 400 bytes more than it holds, so a peer that sends single bytes counts. */
const PIECES_MAX = 64

/**
 * Cuts a byte stream into lines, whatever the chunks are. Cutting is done on bytes, so that a character split
 * between two chunks survives; bytes that aren't UTF-8 become U+FFFD.
 */
export class LineReader {
  readonly #lineBytesMax: number
  #partial: Buffer[] = []
  #partialBytes = 0

  /** @param lineBytesMax The longest line let through, without its line feed. */
  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax
  }

  /**
   * The lines that `chunk` completes, without their line feed.
   *
   * @throws AgiProtocolError when a line, complete or not, is longer than the bound.
   */
  *push(chunk: Buffer): Generator<string, void, undefined> {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start)
      const piece = chunk.subarray(start, end === -1 ? chunk.length : end)
      if (this.#partialBytes + piece.length > this.#lineBytesMax) {
        throw new AgiProtocolError(`A line is longer than ${this.#lineBytesMax} bytes`)
      }
      if (end === -1) {
        this.#keep(piece)
        return
      }
      yield this.#complete(piece)
      start = end + 1
    }
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return
    if (this.#partial.length >= PIECES_MAX) this.#partial = [Buffer.concat(this.#partial)]
    this.#partial.push(piece)
    this.#partialBytes += piece.length
  }

  #complete(piece: Buffer): string {
    if (this.#partialBytes === 0) return piece.toString('utf8')
    const line = Buffer.concat([...this.#partial, piece]).toString('utf8')
    this.#partial = []
    this.#partialBytes = 0
    return line
  }
}
