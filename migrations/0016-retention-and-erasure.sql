-- Old codes are removed by age.
create index access_codes_age on access_codes (created_at_ms);
-- When a person's data was erased; the row stays for the tickets' sake, under a code that nobody can key.
alter table users add column erased_at_ms bigint;
create index calls_user on calls (user_code);
create index audit_log_user on audit_log (user_code);
