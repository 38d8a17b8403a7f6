-- Staff who may open tickets by phone. Times are milliseconds since 1970-01-01 UTC in every table.
create table users (
  id {{autoId}},
  code varchar(12) not null unique,
  name varchar(200) not null,
  department varchar(200),
  whatsapp varchar(20),
  extension varchar(20),
  email varchar(254),
  active smallint not null default 1,
  created_at_ms bigint not null,
  updated_at_ms bigint not null
){{tableOptions}};

-- Wrong registration codes keyed from one calling number, which is kept as a keyed hash.
create table registration_attempts (
  id {{autoId}},
  phone_hash char(64) not null,
  attempted_at_ms bigint not null
){{tableOptions}};
create index registration_attempts_phone on registration_attempts (phone_hash, attempted_at_ms);
