-- The name in lower case without accents, by which people are found; the API fills what is empty when it starts.
alter table users add column name_key varchar(200) not null default '';
create index users_name on users (name_key, id);
create index users_whatsapp on users (whatsapp, code);
create index users_extension on users (extension, code);
