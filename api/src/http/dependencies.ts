import type { Clock } from '@ura/core/clock'

/** What the API needs; only without the database it is of no use. */
export const dependencyNames = ['banco', 'whatsapp', 'voz'] as const
export type DependencyName = (typeof dependencyNames)[number]

/** How a dependency fares. */
export interface DependencyState {
  isUp: boolean
  /** Why it is down, in words for whoever runs the service (pt-BR), without internals; null when it is up. */
  reason: string | null
  /** When it last came up or went down, as far as this process has seen. */
  changedAt: Date
}

/** Gives why the dependency is down, or null; is given up after {@link probeTimeoutMs}. */
export type Probe = () => Promise<string | null>

/** The dependencies, each asked at most once in 2 s, however often somebody wants to know. */
export interface Dependencies {
  check(): Promise<Record<DependencyName, DependencyState>>
}

/** A probe that takes longer counts as down. */
export const probeTimeoutMs = 2_000
const keptMs = 2_000
const lateReason = 'Não respondeu em 2 segundos.'

export function createDependencies(options: {
  clock: Clock
  probes: Readonly<Record<DependencyName, Probe>>
}): Dependencies {
  const { clock, probes } = options
  const checks = Object.fromEntries(dependencyNames.map((name) => [name, keptCheck(probes[name], clock)]))
  return {
    async check() {
      const entries = await Promise.all(dependencyNames.map(async (name) => [name, await checks[name]?.()]))
      return Object.fromEntries(entries) as Record<DependencyName, DependencyState>
    },
  }
}

function keptCheck(probe: Probe, clock: Clock): () => Promise<DependencyState> {
  let askedAtMs = -Infinity
  let state: DependencyState | null = null
  let answer: Promise<DependencyState> | null = null
  let underway: Promise<string | null> | null = null

  async function ask(): Promise<DependencyState> {
    // One that hangs isn't joined by another each time somebody asks.
    underway ??= probe()
      .catch(() => 'Falhou.')
      .finally(() => {
        underway = null
      })
    const reason = await withinTime(underway)
    const isUp = reason === null
    const changedAt = state?.isUp === isUp ? state.changedAt : clock.now()
    state = { isUp, reason, changedAt }
    return state
  }

  return () => {
    const nowMs = clock.now().getTime()
    // Either way: a clock set back must not keep an old answer.
    if (answer === null || Math.abs(nowMs - askedAtMs) >= keptMs) {
      askedAtMs = nowMs
      answer = ask()
    }
    return answer
  }
}

async function withinTime(probe: Promise<string | null>): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(() => resolve(lateReason), probeTimeoutMs)
  try {
    return await Promise.race([probe, late])
  } finally {
    clearTimeout(timer)
  }
}
