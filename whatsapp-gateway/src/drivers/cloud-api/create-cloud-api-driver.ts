import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Timers } from '../../outbox/timers.ts'
import type { Driver } from '../driver.ts'
import { CloudApiDriver } from './cloud-api-driver.ts'
import { EarlyStatuses } from './early-statuses.ts'
import { createGraphClient } from './graph-client.ts'
import { type CloudApiConfiguration } from './settings.ts'

/** The driver as it is configured. */
export function createCloudApiDriver(
  config: CloudApiConfiguration & { readonly retentionDays: number },
  parts: {
    clock: Clock
    log: Logger
    timers: Timers
    lastMessageAt: (phone: string) => Promise<Date | null>
  },
): Driver {
  const { cloudNoticeTemplate, cloudTemplateLanguage: language, cloudPhoneNumberId: phoneNumberId } = config
  return new CloudApiDriver({
    ...parts,
    graph: createGraphClient({
      baseUrl: config.cloudGraphUrl,
      version: config.cloudVersion,
      phoneNumberId,
      token: config.cloudToken,
    }),
    codeTemplate: { name: config.cloudCodeTemplate, language },
    noticeTemplate: cloudNoticeTemplate === undefined ? null : { name: cloudNoticeTemplate, language },
    timeoutMs: config.cloudTimeoutMs,
    early: new EarlyStatuses(),
    webhook: {
      phoneNumberId,
      appSecret: config.cloudAppSecret,
      verifyToken: config.cloudVerifyToken,
      retentionDays: config.retentionDays,
    },
  })
}
