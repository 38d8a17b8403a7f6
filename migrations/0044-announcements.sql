-- What callers may hear without saying who they are: a few texts, in the order of position.
create table announcements (
  id {{autoId}},
  title varchar(60) not null,
  text varchar(1000) not null,
  position smallint not null,
  active smallint not null default 1
){{tableOptions}};
