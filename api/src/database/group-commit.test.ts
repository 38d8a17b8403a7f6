import { expect, it, vi } from 'vitest'
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
  return { commit, groups, ends }
}

it('one alone is written at once', async () => {
  const { commit, groups, ends } = slowWriter()
  const result = commit.submit(1)
  expect(groups).toEqual([[1]])
  ends[0]?.resolve()
  expect(await result).toBe('1')
})

it('those that come meanwhile are written together, no more than may be, each with its own result', async () => {
  const { commit, groups, ends } = slowWriter({ sizeMax: 3 })
  const results = [1, 2, 3, 4, 5].map((request) => commit.submit(request))
  expect(groups).toEqual([[1]])
  ends[0]?.resolve()
  await results[0]
  await vi.waitFor(() => expect(groups).toEqual([[1], [2, 3, 4]]))
  ends[1]?.resolve()
  await vi.waitFor(() => expect(groups).toEqual([[1], [2, 3, 4], [5]]))
  ends[2]?.resolve()
  expect(await Promise.all(results)).toEqual(['1', '2', '3', '4', '5'])
})

it('no more transactions are begun at once than may be', async () => {
  const { commit, groups, ends } = slowWriter({ concurrencyMax: 2 })
  const results = [1, 2, 3, 4].map((request) => commit.submit(request))
  expect(groups).toEqual([[1], [2]])
  ends[1]?.resolve()
  await vi.waitFor(() => expect(groups).toEqual([[1], [2], [3, 4]]))
  ends[0]?.resolve()
  ends[2]?.resolve()
  expect(await Promise.all(results)).toEqual(['1', '2', '3', '4'])
})

it('one after a pause is again written at once', async () => {
  const { commit, groups, ends } = slowWriter()
  const first = commit.submit(1)
  ends[0]?.resolve()
  await first
  await Promise.resolve()
  void commit.submit(2)
  expect(groups).toEqual([[1], [2]])
})

it('a failure is that of its own group', async () => {
  const { commit, groups, ends } = slowWriter()
  const [first, second, third] = [1, 2, 3].map((request) => commit.submit(request))
  ends[0]?.resolve()
  await first
  await vi.waitFor(() => expect(groups).toHaveLength(2))
  const fourth = commit.submit(4)
  ends[1]?.reject(new Error('deadlock'))
  await expect(second).rejects.toThrow('deadlock')
  await expect(third).rejects.toThrow('deadlock')
  await vi.waitFor(() => expect(groups).toHaveLength(3))
  ends[2]?.resolve()
  expect(await fourth).toBe('4')
})

it('one that is held up holds up the others for a moment only', async () => {
  vi.useFakeTimers()
  try {
    const { commit, groups, ends } = slowWriter({ patienceMs: 50 })
    const stuck = commit.submit(1)
    const others = [commit.submit(2), commit.submit(3)]
    await vi.advanceTimersByTimeAsync(49)
    expect(groups).toEqual([[1]])
    await vi.advanceTimersByTimeAsync(1)
    expect(groups).toEqual([[1], [2, 3]])
    ends[1]?.resolve()
    expect(await Promise.all(others)).toEqual(['2', '3'])
    ends[0]?.resolve()
    expect(await stuck).toBe('1')
    const later = commit.submit(4)
    ends[2]?.resolve()
    expect(await later).toBe('4')
    expect(groups).toHaveLength(3)
  } finally {
    vi.useRealTimers()
  }
})

it('a writer that gives too few results fails its group', async () => {
  const commit = new GroupCommit<number, string>({
    sizeMax: 3,
    concurrencyMax: 1,
    patienceMs: 10,
    write: async () => [],
  })
  await expect(commit.submit(1)).rejects.toThrow('1 requests were written with 0 results')
})
