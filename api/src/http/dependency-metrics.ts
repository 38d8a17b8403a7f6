import { Gauge, type Registry } from 'prom-client'
import { type Dependencies, dependencyNames, type DependencyState } from './dependencies.ts'

/** Tells how each dependency fares, asked when somebody looks. */
export function measureDependencies(registry: Registry, dependencies: Dependencies): void {
  function gauge(name: string, help: string, valueOf: (state: DependencyState) => number): void {
    const metric = new Gauge({
      name,
      help,
      labelNames: ['dependency'],
      registers: [],
      async collect() {
        // Two that ask at once are given the same answer.
        const states = await dependencies.check()
        for (const dependency of dependencyNames) {
          this.set({ dependency }, valueOf(states[dependency]))
        }
      },
    })
    registry.registerMetric(metric)
  }

  gauge(
    'ura_dependency_up',
    'Whether a dependency does its work (1), be it in a poorer way, or not (0): banco, whatsapp, voz',
    ({ isUp }) => (isUp ? 1 : 0),
  )
  gauge(
    'ura_dependency_degraded',
    'Whether a dependency works in a poorer way (1), as speech by the embedded voice while Amazon Polly fails',
    ({ isDegraded }) => (isDegraded ? 1 : 0),
  )
  gauge(
    'ura_dependency_changed_timestamp_seconds',
    'When a dependency last came up, went down or became degraded, as far as this process has seen (Unix time)',
    ({ changedAt }) => changedAt.getTime() / 1000,
  )
}
