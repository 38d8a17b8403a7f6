import { AgiProtocolError } from './errors.ts'

const LINE_FEED = 0x0a

/** Pieces of one line kept apart. Each costs some 400 bytes more than it holds, so a peer that sends single bytes counts. */
const PIECES_MAX = 64

/** Who gets the lines. */
export interface LineReceiver {
  receiveLine(line: string): void
}

/**
 * Cuts a byte stream into lines, whatever the chunks are. Cutting is done on bytes, so that a character split
 * between two chunks survives; bytes that aren't UTF-8 become U+FFFD.
 */
export class LineReader {
  readonly #lineBytesMax: number
  readonly #receiver: LineReceiver
  #partial: Buffer[] | null = null
  #partialBytes = 0

  /**
   * @param lineBytesMax The longest line let through, without its line feed.
   * @param receiver Given each line, without its line feed, before {@link push} returns.
   */
  constructor(lineBytesMax: number, receiver: LineReceiver) {
    this.#lineBytesMax = lineBytesMax
    this.#receiver = receiver
  }

  /** @throws AgiProtocolError when a line, complete or not, is longer than the bound; those before it are taken. */
  push(chunk: Buffer): void {
    // Nearly every chunk is whole lines: they are cut as text, without a look at the bytes for each.
    const isWhole = this.#partial === null && chunk.at(-1) === LINE_FEED && chunk.length <= this.#lineBytesMax
    if (isWhole) this.#pushWhole(chunk.toString())
    else this.#pushPieces(chunk)
  }

  #pushWhole(text: string): void {
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#receiver.receiveLine(text.slice(start, end))
      start = end + 1
    }
  }

  #pushPieces(chunk: Buffer): void {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start)
      const pieceEnd = end === -1 ? chunk.length : end
      if (this.#partialBytes + pieceEnd - start > this.#lineBytesMax) {
        throw new AgiProtocolError(`A line is longer than ${this.#lineBytesMax} bytes`)
      }
      if (end === -1) {
        this.#keep(chunk.subarray(start))
        return
      }
      const line =
        this.#partial === null
          ? chunk.toString('utf8', start, end)
          : this.#complete(chunk.subarray(start, end))
      this.#receiver.receiveLine(line)
      start = end + 1
    }
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return
    this.#partial ??= []
    if (this.#partial.length >= PIECES_MAX) this.#partial = [Buffer.concat(this.#partial)]
    this.#partial.push(piece)
    this.#partialBytes += piece.length
  }

  #complete(piece: Buffer): string {
    const line = Buffer.concat([...(this.#partial ?? []), piece]).toString('utf8')
    this.#partial = null
    this.#partialBytes = 0
    return line
  }
}
