-- One index for each list of calls.
create index calls_started on calls (started_at_ms, call_id, round);
create index calls_outcome on calls (outcome, started_at_ms, call_id, round);
create index calls_user_outcome on calls (user_code, outcome, started_at_ms, call_id, round);
