import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder, unfinishedSuffix, writeDurably } from './durable-file.ts'
import { parseSpooledFile, type SpooledFile, type SpooledRequest } from './spooled-request.ts'

/** `pending` waits for the API; `dead` waits for an administrator. */
export type SpoolShelf = 'pending' | 'dead'

/** A file that is there and can't be read as a request is `damaged`; one that isn't there is null. */
export type FoundFile = SpooledFile | 'damaged' | null

const extension = '.json'
const idPattern = /^\d{15}-(ticket|voice-note|call-record)$/

/**
 * The files of a spool: one a request, in the folders `pending` and `dead`. Several processes may look at it and move
 * single files (each step is one rename or one removal); only one may add, see `Spool`.
 */
export class SpoolFolder {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Makes the folders, for their owner alone. */
  prepare(): void {
    for (const folder of [this.#path, this.#shelf('pending'), this.#shelf('dead')]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      chmodSync(folder, 0o700)
    }
    for (const folder of [this.#path, dirname(this.#path)]) {
      const descriptor = openSync(folder, 'r')
      fsyncSync(descriptor)
      closeSync(descriptor)
    }
  }

  /** Removes what a process left that died while it wrote. */
  async removeUnfinished(): Promise<void> {
    for (const shelf of ['pending', 'dead'] as const) {
      const names = await namesIn(this.#shelf(shelf))
      for (const name of names.filter((each) => each.endsWith(unfinishedSuffix))) {
        await rm(join(this.#shelf(shelf), name), { force: true })
      }
    }
  }

  /** Ids of the requests on a shelf, oldest first; none when there is no folder. */
  async ids(shelf: SpoolShelf): Promise<string[]> {
    const names = await namesIn(this.#shelf(shelf))
    return names
      .filter((name) => name.endsWith(extension))
      .map((name) => name.slice(0, -extension.length))
      .filter((id) => idPattern.test(id))
      .toSorted()
  }

  async read(shelf: SpoolShelf, id: string): Promise<FoundFile> {
    if (!idPattern.test(id)) {
      return null
    }
    try {
      return parseSpooledFile(await readFile(this.#file(shelf, id), 'utf8')) ?? 'damaged'
    } catch (error) {
      if (isMissing(error)) {
        return null
      }
      throw error
    }
  }

  /** Puts a request on a shelf; on disk when this resolves. */
  async put(shelf: SpoolShelf, id: string, file: SpooledFile): Promise<void> {
    await writeDurably(this.#file(shelf, id), `${JSON.stringify(file)}\n`)
  }

  async remove(shelf: SpoolShelf, id: string): Promise<void> {
    await rm(this.#file(shelf, id), { force: true })
    await syncFolder(this.#shelf(shelf))
  }

  /** From `pending` to the dead letters; a crash in between leaves it on both, and its key makes no second ticket. */
  async bury(id: string, file: SpooledFile, dead: { at: Date; reason: string }): Promise<void> {
    await this.put('dead', id, { ...file, dead: { at: dead.at.toISOString(), reason: dead.reason } })
    await this.remove('pending', id)
  }

  /** Puts a file that can't be read with the dead letters, as it is. */
  async setAside(id: string): Promise<void> {
    await rename(this.#file('pending', id), this.#file('dead', id))
    await syncFolder(this.#shelf('dead'))
  }

  /** From the dead letters back to `pending`, with its key and at its old place in the order. */
  async revive(id: string, { dead: _dead, ...file }: SpooledFile, at: Date): Promise<void> {
    await this.put('pending', id, { ...file, revivedAt: at.toISOString() })
    await this.remove('dead', id)
  }

  #shelf(shelf: SpoolShelf): string {
    return join(this.#path, shelf)
  }

  #file(shelf: SpoolShelf, id: string): string {
    return join(this.#shelf(shelf), `${id}${extension}`)
  }
}

/** The name under which a request lies: its place in the order and its kind. */
export function spoolId(place: number, kind: SpooledRequest['kind']): string {
  return `${String(place).padStart(15, '0')}-${kind}`
}

/** The place in the order that an id tells; milliseconds of its making, or a little more. */
export function placeOf(id: string): number {
  return Number(id.slice(0, 15))
}

export function isOfKind(id: string, kind: SpooledRequest['kind']): boolean {
  return id.endsWith(`-${kind}`)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) {
      return []
    }
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
