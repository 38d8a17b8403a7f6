import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallCounts } from '../../bench/calls/sipp.ts'
import { type Stage, setStage } from '../../bench/calls/stage.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { findAsteriskRoot } from '../asterisk/real-asterisk.ts'
import { CallWatch } from './call-watch.ts'

/** So many times one of the two servers is killed, by turns, and so long after the one before: longer by environment. */
const kills = Number(process.env['AGI_KILLS'] ?? 4)
const killSeconds = Number(process.env['AGI_KILL_SECONDS'] ?? 6)
const callsPerS = Number(process.env['AGI_CALLS_PER_S'] ?? 1)

/** What the dialplan promises: two seconds at most for a server that isn't there, then a word or the other server. */
const silenceMaxMs = 2_500
const setUpMs = 300_000
/** For the last calls, and for servers to come up on a busy machine. */
const endMs = 120_000

const root = await findAsteriskRoot()

const callsPerTurn = Math.ceil(callsPerS * killSeconds)
const calls = kills * callsPerTurn

describe.runIf(root !== '')('two FastAGI servers, one killed again and again under load', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setStage({ agiCount: 2, voice: 'tone', progress: () => {} })
  }, setUpMs)
  afterAll(() => stage?.stop())

  /**
   * Makes calls all the time and kills the server that they are on, turn by turn: the one that was killed before is back
   * then. Gives who was killed when, once the last call is over.
   */
  async function killUnderLoad(watch: CallWatch): Promise<{ server: string; atMs: number }[]> {
    const { services } = stage
    const servers = services.agiServers.map((address, index) => ({
      index,
      address,
      process: services.agi[index],
    }))
    const killed: { server: string; atMs: number }[] = []
    const loads: Promise<CallCounts>[] = []
    for (let turn = 0; turn < kills; turn += 1) {
      loads.push(stage.call({ way: 'services', callsPerS, calls: callsPerTurn }))
      const [server, other] = turn % 2 === 0 ? servers : servers.toReversed()
      if (server?.process === undefined || other === undefined) throw new Error('two servers are needed')
      await delay(killSeconds * 1_000)
      await expect.poll(() => watch.callsOn(server.address), { timeout: endMs }).toBeGreaterThan(0)
      if (turn > 0) {
        // Not before, or the calls would go to the first server as soon as that is back.
        other.process = services.startAgi(other.index, other.address.split(':')[1] ?? '')
        await other.process.run('address')
      }
      const pid = await server.process.run('pid')
      killed.push({ server: server.address, atMs: Date.now() })
      process.kill(pid, 'SIGKILL')
    }
    const counts = await Promise.all(loads)
    expect(counts.map(({ successful }) => successful)).toEqual(counts.map(() => callsPerTurn))
    return killed
  }

  it(
    'no caller hears silence; a call on the killed one ends in the apology and the queue, every other in a ticket',
    async () => {
      const watch = new CallWatch()
      const stopListening = stage.exchange.onEvent(watch.take)
      const before = await stage.services.api.run('tickets')
      const killed = await killUnderLoad(watch)
      stopListening()
      const after = await stage.services.api.run('tickets')

      const interrupted = killed.flatMap((kill) => watch.interruptedBy(kill, silenceMaxMs))
      const silencesMs = [...watch.silencesMs(), ...interrupted.map(({ silentMs }) => silentMs ?? 0)]
      recordFigure(
        'two FastAGI servers, one killed at a time',
        `${kills} killed, ${calls} calls, ${interrupted.length} cut short, ` +
          `none without a sound for longer than ${Math.max(...silencesMs).toFixed(0)} ms`,
      )
      expect(interrupted.flatMap(({ faults }) => faults)).toEqual([])
      expect(interrupted.length).toBeGreaterThan(0)
      expect(silencesMs.filter((silentMs) => silentMs > silenceMaxMs)).toEqual([])
      const tickets = after.tickets - before.tickets
      expect(after.calls - before.calls).toBe(tickets)
      expect(tickets).toBeGreaterThanOrEqual(calls - interrupted.length)
    },
    setUpMs + kills * (killSeconds * 1_000 + endMs),
  )
})
