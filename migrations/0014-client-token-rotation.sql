-- The token before the last rotation, in force until then; null when it ended at once.
alter table clients add column previous_token_hash char(64);
alter table clients add column previous_token_until_ms bigint;
