import { Telephone } from '@ura/agi/testing/telephone'
import { freeTcpPorts } from '../../scripts/real-parts/free-port.ts'
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts'

/** A FastAGI service in a process of its own; `url` is of its health and metrics. */
export interface AgiProcess extends ServiceProcess {
  readonly telephone: Telephone
}

/** Starts the real service on free ports and waits until it listens. @throws Error with what it said when it ends before */
export async function startAgiProcess(environment: Readonly<Record<string, string>>): Promise<AgiProcess> {
  const [port = 0] = await freeTcpPorts(1)
  const service = await startServiceProcess({
    script: new URL('../../agi/src/main.ts', import.meta.url),
    environment: { AGI_PORT: String(port), AGI_HTTP_PORT: '0', ...environment },
  })
  return Object.assign(service, { telephone: new Telephone(port) })
}

/** One figure of a service's metrics; NaN when it has none of that name. */
export async function metricOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}
