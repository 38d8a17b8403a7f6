-- Retired for good: its key is free, its tickets keep it. An entry that is only switched off keeps its key.
alter table catalogue_categories add column retired_at_ms bigint;
alter table catalogue_services add column retired_at_ms bigint;
