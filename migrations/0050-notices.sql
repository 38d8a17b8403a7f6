-- Whether a person wants messages about their tickets; access codes go all the same.
alter table users add column notices smallint not null default 1;

-- When an event became something that the requester is to be told of; null: nothing is owed, or no more. The opening is
-- an event as well, so that what tickets kept of it goes.
alter table ticket_events add column notice_owed_ms bigint;
create index ticket_events_notice on ticket_events (notice_owed_ms);
update ticket_events set notice_owed_ms = happened_at_ms
  where from_status is null and ticket_id in (
    select id from tickets where notified_at_ms is null
      and opened_at_ms > (select max(opened_at_ms) - 86400000 from tickets)
  );
drop index tickets_notice on tickets;
alter table tickets drop column notified_at_ms;

-- The way that the gateway took for a code: whatsapp or email.
alter table access_codes add column channel varchar(10);
