-- Who did what, when; never an access code nor a whole phone number.
create table audit_log (
  id {{autoId}},
  happened_at_ms bigint not null,
  event varchar(40) not null,
  actor varchar(100) not null,
  address varchar(64),
  request_id varchar(64),
  user_code varchar(12),
  detail varchar(2000) not null
){{tableOptions}};
create index audit_log_time on audit_log (happened_at_ms);
create index audit_log_event on audit_log (event, happened_at_ms);
