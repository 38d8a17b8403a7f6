-- One row a code that was made, newest = highest serial. delivery: sending, sent, not_sent, unknown. ended_reason: replaced, used, blocked, not_sent; a code also ends by its expiry.
create table access_codes (
  serial {{autoId}},
  id varchar(36) not null unique,
  user_id bigint not null references users (id),
  call_id varchar(64),
  code_hash char(64) not null,
  delivery varchar(10) not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  wrong_tries smallint not null default 0,
  ended_at_ms bigint,
  ended_reason varchar(20)
){{tableOptions}};
create index access_codes_user on access_codes (user_id, serial);
