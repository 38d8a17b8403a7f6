import { describe, expect, it } from 'vitest'
import { createRecentAudio } from './recent-audio.ts'

const audioOf = (length: number) => ({ bytes: Buffer.alloc(length), checksum: 0, modifiedAt: new Date(0) })

describe('recent audio', () => {
  it('forgets what was least recently used when it is full', () => {
    const recent = createRecentAudio(1_000)
    for (const path of ['a', 'b', 'c']) {
      recent.set(path, audioOf(300))
    }
    recent.get('a')
    recent.set('d', audioOf(400))
    expect(['a', 'b', 'c', 'd'].filter((path) => recent.get(path) !== undefined)).toEqual(['a', 'c', 'd'])
  })

  it('counts what was replaced and forgotten as room again', () => {
    const recent = createRecentAudio(1_000)
    for (let round = 0; round < 5; round += 1) {
      recent.set('a', audioOf(600))
      recent.set('b', audioOf(300))
      recent.delete('b')
    }
    recent.set('b', audioOf(400))
    expect([recent.get('a')?.bytes.length, recent.get('b')?.bytes.length]).toEqual([600, 400])
  })

  it('keeps nothing that is larger than all its room', () => {
    const recent = createRecentAudio(1_000)
    recent.set('a', audioOf(500))
    recent.set('b', audioOf(1_001))
    expect([recent.get('a')?.bytes.length, recent.get('b')]).toEqual([500, undefined])
  })
})
