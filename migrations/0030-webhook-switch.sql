-- Since when nothing is sent to an endpoint, nor owed to it anew; null while it is told of events.
alter table webhook_endpoints add column switched_off_at_ms bigint;
