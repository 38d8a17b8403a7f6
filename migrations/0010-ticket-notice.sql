-- When the protocol's WhatsApp message was settled: taken by the gateway or refused for good. Null: still owed.
alter table tickets add column notified_at_ms bigint;
create index tickets_notice on tickets (notified_at_ms, opened_at_ms);
