import { ok } from 'node:assert/strict'
import { type AgiCall, AgiError, AgiHangupError, AgiRouter, createAgiServer } from 'asterisk-agi'
import { fakeCall, type FakeCallOptions } from 'asterisk-agi/testing'

/**
 * Somebody's program that uses the published package: a server that a fake Asterisk calls twice. The test copies it
 * out of the repository, compiles it as an ES module and as CommonJS, and reads the one line it prints.
 */
interface Report {
  /** Version of the Node that ran it. */
  version: string
  /** Language of the call and the query of its address, as the handler saw them. */
  seen: string[]
  menu: string
  registration: string
  agiStatus: string
  variables: Record<string, string>
  hangup: { isHangupError: boolean; isAgiError: boolean; code: string; status: string; aborted: boolean }
}

async function main(): Promise<Report> {
  const seen: string[] = []
  let menu = ''
  let registration = ''
  let ending: unknown
  let aborted = false
  const router = new AgiRouter()
    .script('helpdesk', async (call: AgiCall) => {
      seen.push(call.environment.language, call.environment.query.get('lang') ?? '')
      await call.answer()
      const choice = await call.getOption('menu', '12', 1_000)
      menu = choice.kind === 'key' ? choice.key : choice.kind
      registration = (await call.getData('registration', 1_000, 10)).digits
      await call.setVariables({ USER: registration, NEXT: 'queue' })
    })
    .script('hangup', async (call: AgiCall) => {
      try {
        await call.streamFile('welcome')
      } catch (error) {
        ending = error
        aborted = call.signal.aborted
        throw error
      }
    })
  const server = createAgiServer({ router })
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' })
  const keys: FakeCallOptions = {
    port,
    script: 'helpdesk?lang=pt',
    speed: Infinity,
    caller: { asked: ({ lastFiles }) => (lastFiles.includes('menu') ? '1' : '0123#') },
  }
  const { agiStatus, variables } = await fakeCall(keys).ended

  const hangingUp = fakeCall({ port, script: 'hangup', caller: { hears: () => hangingUp.hangup() } })
  const { agiStatus: status } = await hangingUp.ended
  await server.close()
  ok(ending instanceof AgiError)
  const hangup = {
    isHangupError: ending instanceof AgiHangupError,
    isAgiError: ending instanceof AgiError,
    code: ending.code,
    status,
    aborted,
  }
  return { version: process.version, seen, menu, registration, agiStatus, variables, hangup }
}

void main().then((report) => process.stdout.write(`${JSON.stringify(report)}\n`))
