import { judgeBurst } from './burst.ts'
import { childrenCpuUsOf, cpuUsOf } from './process-facts.ts'
import type { Stage } from './stage.ts'
import type { CallWay } from './exchange-configuration.ts'

/** Who may lead the conversation of a call that opens a ticket. */
export type ConversationWay = Exclude<CallWay, 'dialplan'>

/** CPU time of one call, in ms. */
export interface CallCpu {
  /** Of what leads the conversation: the FastAGI service, or the PHP processes. */
  agiMs: number
  apiMs: number
  gatewayMs: number
  asteriskMs: number
}

/** CPU of calls, and how many of them opened no ticket. */
export interface MeasuredCalls {
  cpu: CallCpu
  failed: number
}

/** A busy morning's, at which nothing waits for anything. */
const callsPerS = 4

/**
 * CPU of calls by our services, or by process AGI, at an easy rate. A call that failed counts as a call: it did less.
 *
 * @throws Error when half of them opened no ticket: that is no measurement
 */
export async function callCpu(
  stage: Stage,
  { way, calls }: { way: ConversationWay; calls: number },
): Promise<MeasuredCalls> {
  const before = await cpuUs(stage, way)
  const { failed } = await judgeBurst(stage, { way, callsPerS, calls })
  if (failed > calls / 2)
    throw new Error(`${failed} of ${calls} calls at ${callsPerS}/s by ${way} opened no ticket`)
  const after = await cpuUs(stage, way)
  const perCallMs = (name: keyof CallCpu): number => (after[name] - before[name]) / calls / 1_000
  const cpu = {
    agiMs: perCallMs('agiMs'),
    apiMs: perCallMs('apiMs'),
    gatewayMs: perCallMs('gatewayMs'),
    asteriskMs: perCallMs('asteriskMs'),
  }
  return { cpu, failed }
}

async function cpuUs({ services, exchange }: Stage, way: ConversationWay): Promise<CallCpu> {
  const [agi] = services.agi
  return {
    agiMs:
      way === 'services' && agi !== undefined
        ? await cpuUsOf(await agi.run('pid'))
        : await childrenCpuUsOf(exchange.pid),
    apiMs: await cpuUsOf(await services.api.run('pid')),
    gatewayMs: await cpuUsOf(await services.gateway.run('pid')),
    asteriskMs: await cpuUsOf(exchange.pid),
  }
}
