import type { ColumnType, Generated, Kysely } from 'kysely'

/**
 * The tables as `migrations/` leaves them. Every `…_ms` column is milliseconds since 1970-01-01 UTC; flags are 0 or 1.
 */
export interface Schema {
  users: UsersTable
  registration_attempts: { id: Generated<number>; phone_hash: string; attempted_at_ms: number }
  clients: ClientsTable
  client_sessions: ClientSessionsTable
  audit_log: AuditLogTable
  catalogue_categories: CatalogueCategoriesTable
  catalogue_services: CatalogueServicesTable
  office_hours_intervals: { id: Generated<number>; weekday: number; opens_at: string; closes_at: string }
  office_hours_exceptions: { day: string; intervals: string; reason: string | null }
  office_hours_holidays: { day: string; name: string }
  access_codes: AccessCodesTable
  idempotency_keys: IdempotencyKeysTable
  tickets: TicketsTable
  ticket_events: TicketEventsTable
  ticket_notes: TicketNotesTable
  ticket_voice_notes: TicketVoiceNotesTable
  calls: CallsTable
  satisfaction_ratings: SatisfactionRatingsTable
  announcements: AnnouncementsTable
  webhook_endpoints: WebhookEndpointsTable
  webhook_deliveries: WebhookDeliveriesTable
}

/** The database, or a transaction on it: repositories take either. */
export type Database = Kysely<Schema>

interface UsersTable {
  id: Generated<number>
  code: string
  name: string
  name_key: Generated<string>
  department: string | null
  whatsapp: string | null
  extension: string | null
  email: string | null
  active: Generated<number>
  notices: Generated<number>
  created_at_ms: number
  updated_at_ms: number
  erased_at_ms: ColumnType<number | null, number | null | undefined>
}

interface ClientsTable {
  id: Generated<number>
  name: string
  token_hash: string
  networks: string
  created_at_ms: number
  revoked_at_ms: number | null
  role: Generated<string>
  last_used_at_ms: ColumnType<number | null, number | null | undefined>
  previous_token_hash: ColumnType<string | null, string | null | undefined>
  previous_token_until_ms: ColumnType<number | null, number | null | undefined>
}

interface ClientSessionsTable {
  id: Generated<number>
  client_id: number
  token_hash: string
  created_at_ms: number
  expires_at_ms: number
  revoked_at_ms: number | null
}

interface AuditLogTable {
  id: Generated<number>
  happened_at_ms: number
  event: string
  actor: string
  address: string | null
  request_id: string | null
  user_code: string | null
  detail: string
}

interface CatalogueCategoriesTable {
  id: Generated<number>
  menu_key: string
  name: string
  position: number
  active: Generated<number>
  retired_at_ms: ColumnType<number | null, number | null | undefined>
}

interface CatalogueServicesTable {
  id: Generated<number>
  category_id: number
  code: string
  menu_option: number
  name: string
  active: Generated<number>
  retired_at_ms: ColumnType<number | null, number | null | undefined>
}

interface AccessCodesTable {
  serial: Generated<number>
  id: string
  user_id: number
  call_id: string | null
  code_hash: string
  delivery: string
  created_at_ms: number
  expires_at_ms: number
  wrong_tries: Generated<number>
  ended_at_ms: number | null
  ended_reason: string | null
  channel: ColumnType<string | null, string | null | undefined>
  used_call_id: ColumnType<string | null, string | null | undefined, string | null>
}

interface IdempotencyKeysTable {
  client_id: number
  endpoint: string
  idempotency_key: string
  request_hash: string
  answer: string
  created_at_ms: number
}

interface TicketsTable {
  id: Generated<number>
  user_id: number
  service_id: number
  origin: string
  call_id: string | null
  status: string
  opened_at_ms: number
  updated_at_ms: number
  version: Generated<number>
  assignee: ColumnType<string | null, string | null | undefined>
  changed_at_ms: Generated<number>
}

interface TicketEventsTable {
  id: Generated<number>
  ticket_id: number
  happened_at_ms: number
  actor: string
  from_status: string | null
  to_status: string
  kind: Generated<string>
  from_assignee: ColumnType<string | null, string | null | undefined>
  to_assignee: ColumnType<string | null, string | null | undefined>
  from_service: ColumnType<string | null, string | null | undefined>
  to_service: ColumnType<string | null, string | null | undefined>
  notice_owed_ms: ColumnType<number | null, number | null | undefined>
}

interface TicketNotesTable {
  id: Generated<number>
  ticket_id: number
  author: string
  happened_at_ms: number
  text: string
}

interface TicketVoiceNotesTable {
  ticket_id: number
  stored_at_ms: number
  duration_ms: number
  audio: ColumnType<Uint8Array, Buffer, never>
}

interface CallsTable {
  call_id: string
  round: number
  phone: string | null
  started_at_ms: number
  ended_at_ms: number
  steps: string
  outcome: string
  user_code: string | null
  protocols: string
  recorded_at_ms: number
  verified: Generated<number>
  category_name: ColumnType<string | null, string | null | undefined>
  service_code: ColumnType<string | null, string | null | undefined>
  callback_state: ColumnType<string | null, string | null | undefined>
  callback_version: Generated<number>
  callback_done_at_ms: ColumnType<number | null, number | null | undefined>
  callback_done_by: ColumnType<string | null, string | null | undefined>
}

interface SatisfactionRatingsTable {
  id: Generated<number>
  subject: string
  ticket_id: number | null
  call_id: string
  moment: string
  score: number
  rated_at_ms: number
}

interface AnnouncementsTable {
  id: Generated<number>
  title: string
  text: string
  position: number
  active: Generated<number>
}

interface WebhookEndpointsTable {
  id: Generated<number>
  name: string
  url: string
  secret: string
  events: string
  created_at_ms: number
  lease_token: ColumnType<string | null, string | null | undefined>
  leased_until_ms: Generated<number>
  switched_off_at_ms: ColumnType<number | null, number | null | undefined>
}

interface WebhookDeliveriesTable {
  id: Generated<number>
  endpoint_id: number
  message_id: string
  type: string
  body: string
  state: string
  attempts: Generated<number>
  created_at_ms: number
  next_attempt_at_ms: number
  give_up_at_ms: number
  settled_at_ms: ColumnType<number | null, number | null | undefined>
  last_result: ColumnType<string | null, string | null | undefined>
}
