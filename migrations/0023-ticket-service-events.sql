-- A third kind of event, "service": the codes of the service before and after.
alter table ticket_events add column from_service varchar(64);
alter table ticket_events add column to_service varchar(64);
