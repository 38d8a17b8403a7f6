-- Programs that may use the API; the token is kept as its SHA-256, the networks as a comma-separated list.
create table clients (
  id {{autoId}},
  name varchar(64) not null unique,
  token_hash char(64) not null unique,
  networks varchar(2000) not null,
  created_at_ms bigint not null,
  revoked_at_ms bigint
){{tableOptions}};

create table client_sessions (
  id {{autoId}},
  client_id bigint not null references clients (id),
  token_hash char(64) not null unique,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  revoked_at_ms bigint
){{tableOptions}};
create index client_sessions_expiry on client_sessions (expires_at_ms);
