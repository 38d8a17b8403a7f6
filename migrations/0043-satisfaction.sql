-- What callers think of a service, 1 to 5: of a ticket, or of a call when no ticket is known. subject is ticket/<id> or
-- call/<call id>: each is rated once. moment: status, technician.
create table satisfaction_ratings (
  id {{autoId}},
  subject varchar(80) not null unique,
  ticket_id bigint references tickets (id),
  call_id varchar(64) not null,
  moment varchar(12) not null,
  score smallint not null,
  rated_at_ms bigint not null
){{tableOptions}};
create index satisfaction_ratings_ticket on satisfaction_ratings (ticket_id, score);
create index satisfaction_ratings_time on satisfaction_ratings (rated_at_ms, moment, score);
