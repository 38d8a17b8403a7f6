import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAsteriskRoot } from '../real-asterisk.ts'
import { dialFake } from './fake-side.ts'
import { type RealSide, startRealSide } from './real-side.ts'
import { type ScriptServer, startScriptServer } from './script-server.ts'
import { scripts } from './scripts/index.ts'
import { comparable } from './transcript.ts'

const root = await findAsteriskRoot()

describe.runIf(root !== '')('the fake Asterisk and a real one, line by line', () => {
  let server: ScriptServer
  let real: RealSide

  beforeAll(async () => {
    server = await startScriptServer()
    real = await startRealSide(root, server.port)
  })

  afterAll(async () => {
    await real?.stop()
    await server?.stop()
  })

  it.each(scripts.map((script) => [script.name, script] as const))('agree on %s', async (_name, script) => {
    const fromReal = await server.converse(script, real.dial)
    const fromFake = await server.converse(script, () => dialFake(script, server.port))
    expect(comparable(fromFake)).toEqual(comparable(fromReal))
  })
})
