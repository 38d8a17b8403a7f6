-- What a client may do: phone, read, agent, admin. Last use is written at most once a minute.
alter table clients add column role varchar(10) not null default 'phone';
alter table clients add column last_used_at_ms bigint;
