-- What the caller said about a ticket, at most one a ticket: a WAV file of mono 16-bit samples, 8,000 a second, of at
-- most 1 MB. A table of its own, so that whoever reads tickets reads no sound.
create table ticket_voice_notes (
  ticket_id bigint not null primary key references tickets (id),
  stored_at_ms bigint not null,
  duration_ms int not null,
  audio mediumblob not null
){{tableOptions}};
create index ticket_voice_notes_age on ticket_voice_notes (stored_at_ms);
