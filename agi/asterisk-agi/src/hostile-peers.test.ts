import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { AgiCall } from './call.ts'
import { fakeCall } from './testing/fake-call.ts'
import { hostilePlans, misbehave } from './testing/hostile-peer.ts'
import { closeServed, serve } from './testing/served.ts'

const PEERS = 3_000
const AT_ONCE = 60
const SEED = 20_261_122

afterEach(closeServed)

/** Commands that end by themselves, so that a peer who falls silent is found out. */
async function helpdesk(call: AgiCall): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await call.getVariable('X')
    await call.setVariable('X', '1')
    await call.waitForDigit(20)
    await Promise.all([call.noop(), call.noop()])
  }
}

/** Timers, sockets and servers that this process holds open. */
function heldOpen(): Record<string, number> {
  const counts: Record<string, number> = { Timeout: 0, TCPSocketWrap: 0, TCPServerWrap: 0 }
  for (const kind of process.getActiveResourcesInfo())
    if (kind in counts) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

describe('hostile peers', () => {
  it(
    `leave no call, socket or timer behind and keep nobody out: ${PEERS} connections, ${AT_ONCE} at once`,
    { timeout: 60_000 },
    async () => {
      const before = heldOpen()
      const limits = { maxCalls: 10, maxWaiting: 5, waitingTimeoutMs: 50 }
      const deadlines = { environmentTimeoutMs: 50, replyTimeoutMs: 50 }
      const { port, server, events } = await serve({ raw: helpdesk, helpdesk }, { ...limits, ...deadlines })
      const plans = fc.sample(hostilePlans, { numRuns: PEERS, seed: SEED })
      const next = plans.values()
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const plan of next) await misbehave(port, plan)
        }),
      )
      await expect.poll(() => [server.activeCalls, server.waitingCalls]).toEqual([0, 0])
      const countOf = (type: string): number => events.filter((event) => event.type === type).length
      expect(countOf('call-started')).toBeGreaterThan(PEERS / 10)
      expect(countOf('call-ended')).toBe(countOf('call-started'))
      const caller = { asked: () => '1' }
      expect((await fakeCall({ port, script: 'helpdesk', speed: Infinity, caller }).ended).agiStatus).toBe(
        'SUCCESS',
      )
      await server.close({ drainMs: 0 })
      // The event loop lets go of a closed handle a turn later.
      for (let turn = 0; turn < 10; turn += 1) await nextTurn()
      const after = heldOpen()
      expect(after).toMatchObject({
        TCPSocketWrap: before['TCPSocketWrap'],
        TCPServerWrap: before['TCPServerWrap'],
      })
      // The test runner's own timer comes and goes.
      expect(after['Timeout']).toBeLessThanOrEqual(before['Timeout'] ?? 0)
    },
  )
})
