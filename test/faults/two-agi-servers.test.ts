import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

describe.runIf(root !== '')('two FastAGI servers, one killed again and again under load', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setStage({ agiCount: 2, progress: () => {} })
  }, setUpMs)
  afterAll(() => stage?.stop())

  /** Kills the servers by turns, each of them back before the next; gives who was killed when. */
  async function killByTurns(): Promise<{ server: string; atMs: number }[]> {
    const { services } = stage
    const servers = services.agiServers.map((address, index) => ({ address, process: services.agi[index] }))
    const killed: { server: string; atMs: number }[] = []
    for (let turn = 0; turn < kills; turn += 1) {
      await delay(killSeconds * 1_000)
      const server = servers[turn % servers.length]
      if (server?.process === undefined) throw new Error('there is no such server')
      const pid = await server.process.run('pid')
      killed.push({ server: server.address, atMs: Date.now() })
      process.kill(pid, 'SIGKILL')
      server.process = services.startAgi(server.address.split(':')[1] ?? '')
      await server.process.run('address')
    }
    return killed
  }

  it(
    'no caller hears silence; a call on the killed one ends in the apology and the queue, every other in a ticket',
    async () => {
      const watch = new CallWatch()
      const stopListening = stage.exchange.onEvent(watch.take)
      const before = await stage.services.api.run('tickets')
      const calls = Math.ceil(callsPerS * killSeconds * (kills + 1))
      const load = stage.call({ way: 'services', callsPerS, calls })
      const killed = await killByTurns()
      const { created, successful } = await load
      stopListening()
      const after = await stage.services.api.run('tickets')

      const interrupted = killed.flatMap((kill) => watch.interruptedBy(kill, silenceMaxMs))
      const silencesMs = [...watch.silencesMs(), ...interrupted.map(({ silentMs }) => silentMs ?? 0)]
      recordFigure(
        'two FastAGI servers, one killed at a time',
        `${kills} killed, ${created} calls, ${interrupted.length} cut short, ` +
          `none without a sound for longer than ${Math.max(...silencesMs).toFixed(0)} ms`,
      )
      expect({ created, successful }).toEqual({ created: calls, successful: calls })
      expect(interrupted.flatMap(({ faults }) => faults)).toEqual([])
      expect(interrupted.length).toBeGreaterThan(0)
      expect(silencesMs.filter((silentMs) => silentMs > silenceMaxMs)).toEqual([])
      const tickets = after.tickets - before.tickets
      expect(after.calls - before.calls).toBe(tickets)
      expect(tickets).toBeGreaterThanOrEqual(calls - interrupted.length)
    },
    setUpMs + kills * killSeconds * 1_000 + endMs,
  )
})
