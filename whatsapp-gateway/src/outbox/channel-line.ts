import type { Driver } from '../drivers/driver.ts'
import { isLoggedIn } from '../drivers/driver.ts'
import type { Channel } from './channel.ts'
import type { Dispatcher } from './dispatcher.ts'

/** A channel at work: its driver, and what feeds that. */
export interface ChannelLine {
  readonly channel: Channel
  readonly driver: Driver
  readonly dispatcher: Dispatcher
  /** false = nobody set it up: it only lets expire what an earlier configuration left. */
  readonly isConfigured: boolean
}

export type ChannelLines = Readonly<Record<Channel, ChannelLine>>

/** Whether a message that is taken in now can be sent on it. */
export function isAvailable({ driver, isConfigured }: Pick<ChannelLine, 'driver' | 'isConfigured'>): boolean {
  return isConfigured && isLoggedIn(driver.state().state)
}
