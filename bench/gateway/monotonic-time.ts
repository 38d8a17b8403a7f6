/** The machine's monotonic clock in ms: one for all its processes, so that a time of one can be taken from another's. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
