-- One row for each time a call enters the menus (round 1, 2, …); steps and protocols are JSON lists.
create table calls (
  call_id varchar(64) not null,
  round smallint not null,
  phone varchar(32),
  started_at_ms bigint not null,
  ended_at_ms bigint not null,
  steps text not null,
  outcome varchar(20) not null,
  user_code varchar(12),
  protocols varchar(500) not null,
  recorded_at_ms bigint not null,
  primary key (call_id, round)
){{tableOptions}};
create index calls_start on calls (started_at_ms);
