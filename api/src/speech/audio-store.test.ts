import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeUnused, type ListedFile } from './audio-files.ts'
import { createAudioStore, type AudioStore } from './audio-store.ts'
import { createFakeClock } from './speech-test-doubles.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
/** What a file of one byte takes with its checksum. */
const sealedByte = 9
const name = (letter: string): string => `${letter.repeat(64)}.wav`
let folder: string
let clock: ReturnType<typeof createFakeClock>

function createStore(bytesMax = 1_000, now = clock.now): AudioStore {
  const isAudioName = (file: string): boolean => /^[a-f]{64}\.wav$/.test(file)
  return createAudioStore({ folder, clock: { now }, isAudioName, bytesMax, personalDays: 30 })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audio-store-'))
  clock = createFakeClock()
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

describe('createAudioStore', () => {
  it('gives back what was put, from whichever shelf, with the time at which it was made', async () => {
    const store = createStore()
    await store.put(name('a'), 'personal', Buffer.from('Ana'))
    await store.put(name('b'), 'shared', Buffer.from('menu'))
    const madeAt = clock.now()
    clock.advance(dayMs)
    expect(await store.get(name('a'))).toMatchObject({ bytes: Buffer.from('Ana'), modifiedAt: madeAt })
    expect(await store.get(name('a'))).toMatchObject({ bytes: Buffer.from('Ana'), modifiedAt: madeAt })
    expect((await store.get(name('b')))?.bytes.toString()).toBe('menu')
    expect(await store.get(name('c'))).toBeNull()
  })

  it('keeps files for the owner alone and leaves no temporary ones', async () => {
    await createStore().put(name('a'), 'personal', Buffer.from('Ana'))
    const shelf = join(folder, 'personal')
    expect(await readdir(shelf)).toEqual([name('a')])
    expect((await stat(join(shelf, name('a')))).mode & 0o777).toBe(0o600)
    expect((await stat(shelf)).mode & 0o777).toBe(0o700)
  })

  it('knows after a restart what it had', async () => {
    await createStore().put(name('a'), 'shared', Buffer.from('x'))
    const reopened = createStore()
    expect(await reopened.use(name('a'), 'shared')).toBe(true)
    expect(await reopened.use(name('a'), 'personal')).toBe(false)
  })

  it('has a file that was written though making room for it failed', async () => {
    await writeFile(join(folder, 'shared'), 'no folder')
    const store = createStore(1)
    await store.put(name('a'), 'personal', Buffer.from('xyz'))
    expect(await store.use(name('a'), 'personal')).toBe(true)
    await expect(store.sweep()).rejects.toThrow('ENOTDIR')
  })

  it('tells whether there was something to remove', async () => {
    const store = createStore()
    await store.put(name('a'), 'personal', Buffer.from('x'))
    expect([await store.remove(name('a')), await store.remove(name('a'))]).toEqual([true, false])
  })

  it('sees within a second what another process removed, and at once what it removed itself', async () => {
    const store = createStore()
    await store.put(name('a'), 'shared', Buffer.from('menu'))
    expect(await store.use(name('a'), 'shared')).toBe(true)
    await rm(join(folder, 'shared', name('a')))
    expect((await store.get(name('a')))?.bytes.toString()).toBe('menu')
    clock.advance(1_000)
    expect([await store.use(name('a'), 'shared'), await store.get(name('a'))]).toEqual([false, null])
    await store.put(name('a'), 'shared', Buffer.from('menu'))
    await store.remove(name('a'))
    expect([await store.use(name('a'), 'shared'), await store.get(name('a'))]).toEqual([false, null])
  })

  it('lets personal files go after 30 days without use, others never', async () => {
    const store = createStore()
    await store.put(name('a'), 'personal', Buffer.from('x'))
    await store.put(name('b'), 'personal', Buffer.from('x'))
    await store.put(name('c'), 'shared', Buffer.from('x'))
    clock.advance(20 * dayMs)
    await store.use(name('b'), 'personal')
    clock.advance(11 * dayMs)
    expect(await store.sweep()).toEqual({ expired: 1, evicted: 0, bytes: 2 * sealedByte })
    expect(await store.get(name('a'))).toBeNull()
    expect(await store.get(name('b'))).not.toBeNull()
    clock.advance(300 * dayMs)
    expect(await store.sweep()).toEqual({ expired: 1, evicted: 0, bytes: sealedByte })
  })

  it('sweeps by itself when a file is put an hour later', async () => {
    const store = createStore()
    await store.put(name('a'), 'personal', Buffer.from('x'))
    clock.advance(31 * dayMs)
    await store.put(name('b'), 'shared', Buffer.from('x'))
    expect(await readdir(join(folder, 'personal'))).toEqual([])
  })

  describe('when it is full', () => {
    const sizes = { sealed: 300, content: 292 }
    /** The letters of the files that are there. */
    async function left(): Promise<string> {
      const shelves = ['shared', 'personal'].map((shelf) => readdir(join(folder, shelf)))
      const names = (await Promise.all(shelves)).flat()
      return names
        .map((file) => file.charAt(0))
        .toSorted()
        .join('')
    }

    async function putThree(store: AudioStore): Promise<void> {
      for (const letter of ['a', 'b', 'c']) {
        await store.put(name(letter), letter === 'b' ? 'personal' : 'shared', Buffer.alloc(sizes.content))
        clock.advance(minuteMs)
      }
    }

    it('lets the least recently used go, whatever their shelf', async () => {
      const store = createStore(1_000)
      await putThree(store)
      await store.get(name('a'))
      clock.advance(11 * minuteMs)
      await store.put(name('d'), 'shared', Buffer.alloc(sizes.content))
      expect(await left()).toBe('acd')
    })

    it('keeps what was used in the last ten minutes, for its address may be with a call', async () => {
      const store = createStore(1_000)
      await putThree(store)
      clock.advance(9 * minuteMs)
      await store.use(name('a'), 'shared')
      await store.put(name('d'), 'shared', Buffer.alloc(sizes.content))
      expect(await left()).toBe('acd')
      clock.advance(minuteMs)
      await store.put(name('e'), 'shared', Buffer.alloc(sizes.content))
      expect(await left()).toBe('ade')
    })

    it('lets even that go at twice its bound', async () => {
      const store = createStore(1_000)
      await putThree(store)
      for (const letter of ['d', 'e', 'f']) {
        await store.put(name(letter), 'shared', Buffer.alloc(sizes.content))
        clock.advance(minuteMs)
      }
      expect(await left()).toBe('abcdef')
      await store.put(name('e'), 'personal', Buffer.alloc(sizes.content))
      expect(await left()).toBe('bcdeef')
    })

    it('counts what earlier and other processes put against its bound', async () => {
      await createStore(10_000).put(name('a'), 'shared', Buffer.alloc(900))
      clock.advance(11 * minuteMs)
      await createStore(1_000).put(name('b'), 'shared', Buffer.alloc(300))
      expect(await readdir(join(folder, 'shared'))).toEqual([name('b')])
    })

    it('keeps the file just made even when it alone is over the bound', async () => {
      const store = createStore(1_000)
      await store.put(name('a'), 'shared', Buffer.alloc(2_000))
      expect(await store.get(name('a'))).not.toBeNull()
    })
  })

  describe('given a file that is not what was put', () => {
    const put = Buffer.from('a sound')
    const path = (): string => join(folder, 'shared', name('a'))

    it.each([
      ['empty', () => Buffer.alloc(0)],
      ['cut short', (file: Buffer) => file.subarray(0, -1)],
      ['full of zeros', (file: Buffer) => Buffer.alloc(file.length)],
      ['with another byte in it', (file: Buffer) => Buffer.from(file).fill('x', 3, 4)],
    ])('neither uses nor gives one that is %s, and removes it', async (_, damage) => {
      await createStore().put(name('a'), 'shared', put)
      await writeFile(path(), damage(await readFile(path())))
      expect(await createStore().use(name('a'), 'shared')).toBe(false)
      expect(await readdir(join(folder, 'shared'))).toEqual([])
      const store = createStore()
      await store.put(name('a'), 'shared', put)
      expect(await store.use(name('a'), 'shared')).toBe(true)
      await writeFile(path(), damage(await readFile(path())))
      // A known file is looked at once a second.
      clock.advance(1_000)
      expect(await store.get(name('a'))).toBeNull()
      expect(await store.use(name('a'), 'shared')).toBe(false)
    })
  })

  it('does not sweep away what another process uses between its look and its removal', async () => {
    const store = createStore()
    await store.put(name('a'), 'personal', Buffer.from('x'))
    const path = join(folder, 'personal', name('a'))
    const seenMs = (await stat(path)).atimeMs
    const listed: ListedFile = { path, shelf: 'personal', sizeBytes: 9, usedAtMs: seenMs }
    clock.advance(31 * dayMs)
    await createStore().use(name('a'), 'personal')
    expect(await removeUnused(listed)).toBe(false)
    expect(await store.get(name('a'))).not.toBeNull()
    expect(await removeUnused({ ...listed, usedAtMs: (await stat(path)).atimeMs })).toBe(true)
  })

  it('has no file that another process takes away between its reading and the note of its use', async () => {
    await createStore().put(name('a'), 'shared', Buffer.from('x'))
    // The moment is asked for once the file was read.
    const store = createStore(1_000, () => {
      rmSync(join(folder, 'shared', name('a')), { force: true })
      return clock.now()
    })
    expect(await store.use(name('a'), 'shared')).toBe(false)
  })

  it('removes temporary files that a crash left, and no file that is not its own', async () => {
    const shelf = join(folder, 'shared')
    await mkdir(shelf)
    for (const file of ['old.wav.1.tmp', 'new.wav.2.tmp', 'notes.txt']) {
      await writeFile(join(shelf, file), 'x'.repeat(5_000))
      await utimes(join(shelf, file), clock.now(), clock.now())
    }
    await utimes(join(shelf, 'old.wav.1.tmp'), clock.now(), new Date(clock.now().getTime() - 2 * dayMs))
    expect(await createStore().sweep()).toEqual({ expired: 0, evicted: 0, bytes: 0 })
    expect(await readdir(shelf)).toEqual(['new.wav.2.tmp', 'notes.txt'])
  })
})
