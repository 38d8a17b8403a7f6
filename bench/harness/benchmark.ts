/** What a benchmark is given. */
export interface BenchmarkContext {
  /** How often each thing is measured, at least 1. */
  runs: number
  /** Tells a person what is being measured now. */
  progress: (line: string) => void
}

/** One measured thing: one sample a run. */
export interface Measured {
  /** Name of its median among the figures, unit last ('cpuPerCommandUs'). */
  figure: string
  /** What it is called in the table ('bare socket'). */
  name: string
  unit: string
  /** Empty when it couldn't be measured. */
  samples: readonly number[]
}

/** Two things measured in the same runs, and what is wanted of their ratio. */
export interface Comparison {
  /** Name of the ratio ('cpuPerCommandVsSocket'). */
  ratio: string
  /** What is compared, for people ('CPU per command'). */
  what: string
  dividend: Measured
  divisor: Measured
  target: { atMost: number } | { atLeast: number }
}

/** What a benchmark has found. */
export interface BenchmarkResult {
  comparisons: readonly Comparison[]
  /** Measured things that are compared with nothing. */
  others: readonly Measured[]
  /** What a reader must know before believing the rest: something that couldn't be measured, and why. */
  warnings: readonly string[]
}

/** A benchmark that `npm run bench -- NAME` runs. */
export interface Benchmark {
  name: string
  /** One line on what it measures. */
  about: string
  /** Takes so long that it is run once, whatever `runs` says. */
  isOnce?: boolean
  run(context: BenchmarkContext): Promise<BenchmarkResult>
}
