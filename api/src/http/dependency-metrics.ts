import { Gauge, type Registry } from 'prom-client'
import { type Dependencies, dependencyNames } from './dependencies.ts'

/** Tells how each dependency fares, asked when somebody looks. */
export function measureDependencies(registry: Registry, dependencies: Dependencies): void {
  const changes = new Gauge({
    name: 'ura_dependency_changed_timestamp_seconds',
    help: 'When a dependency last came up or went down, as far as this process has seen (Unix time)',
    labelNames: ['dependency'],
    registers: [],
  })
  const up = new Gauge({
    name: 'ura_dependency_up',
    help: 'Whether a dependency answers (1) or not (0), by dependency: banco, whatsapp, voz',
    labelNames: ['dependency'],
    registers: [],
    async collect() {
      const states = await dependencies.check()
      for (const dependency of dependencyNames) {
        const { isUp, changedAt } = states[dependency]
        this.set({ dependency }, isUp ? 1 : 0)
        changes.set({ dependency }, changedAt.getTime() / 1000)
      }
    },
  })
  // The order in which they are collected.
  registry.registerMetric(up)
  registry.registerMetric(changes)
}
