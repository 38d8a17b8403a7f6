-- The call in which a code was keyed rightly: who is identified in it. Not the call that asked for the code (call_id).
alter table access_codes add column used_call_id varchar(64);
