import type { Clock } from '@ura/core/clock'

/** What the API needs; only without the database it is of no use. */
export const dependencyNames = ['banco', 'whatsapp', 'voz'] as const
export type DependencyName = (typeof dependencyNames)[number]

/** How a dependency fares. */
export interface DependencyState {
  /** Whether it does its work, be it in a poorer way. */
  isUp: boolean
  /** It does, in a poorer way. */
  isDegraded: boolean
  /** Why it is down or degraded, in words for whoever runs the service (pt-BR), without internals; else null. */
  reason: string | null
  /** When it last went from one of the three states to another, as far as this process has seen. */
  changedAt: Date
}

/** Null when all is well, why the dependency is down, or why it works in a poorer way. */
export type Finding = string | null | { degradedBecause: string }

/** Looks at a dependency; is given up after {@link probeTimeoutMs}. */
export type Probe = () => Promise<Finding>

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
  let underway: Promise<Finding> | null = null

  async function ask(): Promise<DependencyState> {
    // One that hangs isn't joined by another each time somebody asks.
    underway ??= probe()
      .catch(() => 'Falhou.')
      .finally(() => {
        underway = null
      })
    const finding = await withinTime(underway)
    const isDegraded = typeof finding === 'object' && finding !== null
    const isUp = finding === null || isDegraded
    const isAsBefore = state?.isUp === isUp && state.isDegraded === isDegraded
    const changedAt = isAsBefore && state !== null ? state.changedAt : clock.now()
    state = { isUp, isDegraded, reason: isDegraded ? finding.degradedBecause : finding, changedAt }
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

async function withinTime(probe: Promise<Finding>): Promise<Finding> {
  const { promise: late, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(() => resolve(lateReason), probeTimeoutMs)
  try {
    return await Promise.race([probe, late])
  } finally {
    clearTimeout(timer)
  }
}
