import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GroupCommit } from './group-commit.ts'

/** Writes when it is told to, and remembers what it was given. */
function slowWriter(options: { sizeMax?: number; concurrencyMax?: number; patienceMs?: number } = {}) {
  const groups: number[][] = []
  const ends: PromiseWithResolvers<void>[] = []
  const commit = new GroupCommit<number, string>({
    sizeMax: 3,
    concurrencyMax: 1,
    patienceMs: 1_000_000,
    ...options,
    write: async (requests) => {
      groups.push([...requests])
      const end = Promise.withResolvers<void>()
      ends.push(end)
      await end.promise
      return requests.map(String)
    },
  })
  const submitAll = (...requests: number[]) => requests.map((request) => commit.submit(request))
  return { commit, submitAll, groups, ends }
}

describe('a group commit', () => {
  it('writes one alone in the same turn of the event loop', async () => {
    const { commit, groups, ends } = slowWriter()
    const result = commit.submit(1)
    await turnOfTheEventLoop()
    expect(groups).toEqual([[1]])
    ends[0]?.resolve()
    expect(await result).toBe('1')
  })

  it('writes those together that come in one turn, and gives each its own result', async () => {
    const { submitAll, groups, ends } = slowWriter()
    const results = submitAll(1, 2, 3)
    await turnOfTheEventLoop()
    expect(groups).toEqual([[1, 2, 3]])
    ends[0]?.resolve()
    expect(await Promise.all(results)).toEqual(['1', '2', '3'])
  })

  it('writes those together that come meanwhile, no more than may be', async () => {
    const { submitAll, groups, ends } = slowWriter({ sizeMax: 3 })
    const first = submitAll(1)
    await turnOfTheEventLoop()
    const others = submitAll(2, 3, 4, 5)
    await turnOfTheEventLoop()
    expect(groups).toEqual([[1]])
    ends[0]?.resolve()
    await vi.waitFor(() => expect(groups).toEqual([[1], [2, 3, 4]]))
    ends[1]?.resolve()
    await vi.waitFor(() => expect(groups).toEqual([[1], [2, 3, 4], [5]]))
    ends[2]?.resolve()
    expect(await Promise.all([...first, ...others])).toEqual(['1', '2', '3', '4', '5'])
  })

  it('begins as many transactions at once as may be, and no more', async () => {
    const { submitAll, groups, ends } = slowWriter({ sizeMax: 2, concurrencyMax: 2 })
    const results = submitAll(1, 2, 3, 4, 5)
    await vi.waitFor(() =>
      expect(groups).toEqual([
        [1, 2],
        [3, 4],
      ]),
    )
    await turnOfTheEventLoop()
    expect(groups).toHaveLength(2)
    ends[1]?.resolve()
    await vi.waitFor(() => expect(groups).toEqual([[1, 2], [3, 4], [5]]))
    ends[0]?.resolve()
    ends[2]?.resolve()
    expect(await Promise.all(results)).toEqual(['1', '2', '3', '4', '5'])
  })

  it('fails a group alone', async () => {
    const { submitAll, groups, ends } = slowWriter({ sizeMax: 2 })
    const [first, second, third] = submitAll(1, 2, 3)
    await turnOfTheEventLoop()
    ends[0]?.reject(new Error('deadlock'))
    await expect(first).rejects.toThrow('deadlock')
    await expect(second).rejects.toThrow('deadlock')
    await vi.waitFor(() => expect(groups).toEqual([[1, 2], [3]]))
    ends[1]?.resolve()
    expect(await third).toBe('3')
  })

  it('fails a group whose writer gives too few results', async () => {
    const commit = new GroupCommit<number, string>({
      sizeMax: 3,
      concurrencyMax: 1,
      patienceMs: 10,
      write: async () => [],
    })
    await expect(commit.submit(1)).rejects.toThrow('1 requests were written with 0 results')
  })
})

describe('a transaction that is held up', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('holds up the others for a moment only', async () => {
    const { commit, submitAll, groups, ends } = slowWriter({ patienceMs: 50 })
    const stuck = commit.submit(1)
    await vi.advanceTimersByTimeAsync(0)
    const others = submitAll(2, 3)
    await vi.advanceTimersByTimeAsync(49)
    expect(groups).toEqual([[1]])
    await vi.advanceTimersByTimeAsync(1)
    expect(groups).toEqual([[1], [2, 3]])
    ends[1]?.resolve()
    expect(await Promise.all(others)).toEqual(['2', '3'])
    ends[0]?.resolve()
    expect(await stuck).toBe('1')
    const later = commit.submit(4)
    await vi.advanceTimersByTimeAsync(0)
    ends[2]?.resolve()
    expect(await later).toBe('4')
    expect(groups).toHaveLength(3)
  })
})
