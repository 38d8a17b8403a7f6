import { HelpdeskError } from '@ura/core/errors'
import { isTrustedExtension } from '@ura/core/extension-patterns'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import { findUserOfExtension, type User } from './user-repository.ts'

type IdentityContext = Pick<ApiContext, 'db' | 'clock' | 'config' | 'recordRefusal'>

/** A call from a desk extension, as the service that answers calls tells it. */
export interface ExtensionCall {
  extension: string
  callId: string
  source: AuditSource
}

/**
 * Whose extension it is: the policy is on, the client is one that is believed, the extension is trusted and on file for
 * exactly one active person. Null otherwise; what only a wrong set-up or a stranger sends is audited.
 * @throws HelpdeskError PAPEL_SEM_PERMISSAO for a client that is not believed
 */
export async function userOfExtension(context: IdentityContext, call: ExtensionCall): Promise<User | null> {
  const { config, db } = context
  if (config.extensionIdentification === 'off') {
    return null
  }
  const believed = config.extensionClients.split(',').map((name) => name.trim())
  if (!believed.includes(call.source.actor)) {
    await refuse(context, call, 'client')
    throw new HelpdeskError('PAPEL_SEM_PERMISSAO')
  }
  if (!isTrustedExtension(config, call.extension)) {
    await refuse(context, call, 'extension')
    return null
  }
  return await findUserOfExtension(db, call.extension)
}

/**
 * Whether the extension identifies this person, who has just confirmed the name: decided anew, and audited with who,
 * extension and call.
 * @throws HelpdeskError PAPEL_SEM_PERMISSAO
 */
export async function confirmExtension(
  context: IdentityContext,
  call: ExtensionCall & { userCode: string },
): Promise<boolean> {
  const { extension, callId, userCode, source } = call
  const user = await userOfExtension(context, call)
  if (user?.code !== userCode) {
    return false
  }
  await recordAudit(context.db, {
    event: 'identified_by_extension',
    source,
    at: context.clock.now(),
    userCode,
    detail: { extension, call: callId },
  })
  return true
}

async function refuse(
  { recordRefusal, clock }: IdentityContext,
  { extension, callId, source }: ExtensionCall,
  reason: 'client' | 'extension',
): Promise<void> {
  const detail = { extension, call: callId, reason }
  await recordRefusal({ event: 'extension_refused', source, at: clock.now(), detail })
}
