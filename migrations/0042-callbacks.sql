-- What the caller had chosen, and whether the access code had proved who they are.
alter table calls add column verified smallint not null default 0;
alter table calls add column category_name varchar(100);
alter table calls add column service_code varchar(64);

-- A call that ended before the ticket it was for: waiting, done (somebody called back) or superseded (the person has a
-- ticket since). Null: nobody is to be called back. Every change adds one to the version.
alter table calls add column callback_state varchar(12);
alter table calls add column callback_version int not null default 1;
alter table calls add column callback_done_at_ms bigint;
alter table calls add column callback_done_by varchar(100);
create index calls_callback on calls (callback_state, started_at_ms, call_id, round);
create index calls_user_callback on calls (user_code, callback_state, started_at_ms, call_id, round);
