/** A call of the provider's that has not been worked through. */
export interface WebhookCall {
  readonly place: number
  /** As it came. */
  readonly body: string
}

/** Webhook calls between their 200 and their effect. What a method resolved with is on disk. */
export interface WebhookCallStore {
  /** Keeps a call; false when `waitingMax` wait already. */
  keep(body: string, options: { receivedAt: Date; waitingMax: number }): Promise<boolean>
  /** The oldest that waits; null = none. */
  next(): Promise<WebhookCall | null>
  /** Forgets a call whose effects are on disk. */
  done(place: number): Promise<void>
  /** Takes a call that could not be worked through out of the way of the others; it is kept to be looked at. */
  setAside(place: number, at: Date): Promise<void>
  /** Forgets calls that were set aside before a time; gives their number. */
  prune(before: Date): Promise<number>
}
