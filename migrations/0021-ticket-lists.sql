-- When anything of a ticket was last changed; updated_at_ms is of its status alone.
alter table tickets add column changed_at_ms bigint not null default 0;
update tickets set changed_at_ms = updated_at_ms;

-- One index for each list of tickets and each of its orders. Their last column, the id, every database adds by itself.
create index tickets_opened on tickets (opened_at_ms);
create index tickets_changed on tickets (changed_at_ms);
create index tickets_status_opened on tickets (status, opened_at_ms);
create index tickets_status_changed on tickets (status, changed_at_ms);
create index tickets_user_opened on tickets (user_id, status, opened_at_ms);
create index tickets_user_changed on tickets (user_id, status, changed_at_ms);
create index tickets_service_opened on tickets (service_id, status, opened_at_ms);
create index tickets_service_changed on tickets (service_id, status, changed_at_ms);
create index tickets_origin_opened on tickets (origin, status, opened_at_ms);
create index tickets_origin_changed on tickets (origin, status, changed_at_ms);
create index tickets_assignee_opened on tickets (assignee, status, opened_at_ms);
create index tickets_assignee_changed on tickets (assignee, status, changed_at_ms);
