-- Where ticket events are sent. The secret is kept as it is, because every delivery is signed with it; events is a
-- comma-separated list. Whoever holds the lease alone delivers.
create table webhook_endpoints (
  id {{autoId}},
  name varchar(64) not null unique,
  url varchar(500) not null,
  secret varchar(100) not null,
  events varchar(200) not null,
  created_at_ms bigint not null,
  lease_token varchar(36),
  leased_until_ms bigint not null default 0
){{tableOptions}};

-- What is owed to an endpoint, written together with the event. state: pending, delivered, dead.
create table webhook_deliveries (
  id {{autoId}},
  endpoint_id bigint not null references webhook_endpoints (id),
  message_id varchar(40) not null,
  type varchar(40) not null,
  body varchar(2000) not null,
  state varchar(10) not null,
  attempts smallint not null default 0,
  created_at_ms bigint not null,
  next_attempt_at_ms bigint not null,
  give_up_at_ms bigint not null,
  settled_at_ms bigint,
  last_result varchar(100)
){{tableOptions}};
create index webhook_deliveries_owed on webhook_deliveries (endpoint_id, state, id);
create index webhook_deliveries_age on webhook_deliveries (state, settled_at_ms);
