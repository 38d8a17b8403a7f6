-- Every change of a ticket, whatever it is, adds one to its version. The assignee is a technician's or a team's name.
alter table tickets add column version int not null default 1;
alter table tickets add column assignee varchar(100);

-- An event is of a status, or of an assignee (then both statuses are the ticket's at that time).
alter table ticket_events add column kind varchar(10) not null default 'status';
alter table ticket_events add column from_assignee varchar(100);
alter table ticket_events add column to_assignee varchar(100);

create table ticket_notes (
  id {{autoId}},
  ticket_id bigint not null references tickets (id),
  author varchar(100) not null,
  happened_at_ms bigint not null,
  text varchar(2000) not null
){{tableOptions}};
create index ticket_notes_ticket on ticket_notes (ticket_id, id);
