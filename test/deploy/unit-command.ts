import { readFileSync } from 'node:fs'

/** The services that have a unit of systemd and a container each. */
export const deployedServices = ['api', 'agi', 'whatsapp-gateway'] as const
export type DeployedService = (typeof deployedServices)[number]

/** How a service's unit starts it. */
export interface UnitCommand {
  /** Options of Node itself, as `--max-old-space-size=512`. */
  nodeOptions: string[]
  /** The program, from the project's folder. */
  script: string
}

/** Reads `ExecStart` of deploy/systemd. @throws Error when it is no Node of the project's own with a program. */
export function readUnitCommand(service: DeployedService): UnitCommand {
  const unit = new URL(`../../deploy/systemd/ura-${service}.service`, import.meta.url)
  const command = /^ExecStart=\/opt\/ura-chamados\/node_modules\/\.bin\/node (.+)$/m.exec(
    readFileSync(unit, 'utf8'),
  )
  const words = command?.[1]?.split(' ') ?? []
  const script = words.pop()
  if (script === undefined) throw new Error(`${unit.pathname} starts no program of the project`)
  return { nodeOptions: words, script }
}
