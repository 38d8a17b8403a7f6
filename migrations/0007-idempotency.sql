-- The answer kept for one client's key at one endpoint, written together with the effect it answers for.
create table idempotency_keys (
  client_id bigint not null references clients (id),
  endpoint varchar(40) not null,
  idempotency_key varchar(128) not null,
  request_hash char(64) not null,
  answer varchar(2000) not null,
  created_at_ms bigint not null,
  primary key (client_id, endpoint, idempotency_key)
){{tableOptions}};
