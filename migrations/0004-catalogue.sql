-- The phone menus. Rows are switched off, never removed: tickets point at them.
create table catalogue_categories (
  id {{autoId}},
  menu_key char(1) not null,
  name varchar(100) not null,
  position smallint not null,
  active smallint not null default 1
){{tableOptions}};

create table catalogue_services (
  id {{autoId}},
  category_id bigint not null references catalogue_categories (id),
  code varchar(64) not null unique,
  menu_option smallint not null,
  name varchar(100) not null,
  active smallint not null default 1
){{tableOptions}};
create index catalogue_services_category on catalogue_services (category_id, menu_option);
