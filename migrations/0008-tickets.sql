create table tickets (
  id {{autoId}},
  user_id bigint not null references users (id),
  service_id bigint not null references catalogue_services (id),
  origin varchar(10) not null,
  call_id varchar(64),
  status varchar(20) not null,
  opened_at_ms bigint not null,
  updated_at_ms bigint not null
){{tableOptions}};
create index tickets_user on tickets (user_id, opened_at_ms);

-- Every change of a ticket's status, its opening included (no from_status).
create table ticket_events (
  id {{autoId}},
  ticket_id bigint not null references tickets (id),
  happened_at_ms bigint not null,
  actor varchar(100) not null,
  from_status varchar(20),
  to_status varchar(20) not null
){{tableOptions}};
create index ticket_events_ticket on ticket_events (ticket_id, id);
