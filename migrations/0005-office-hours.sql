-- Weekly intervals in the office's wall time, as 08:00 and 12:00; weekday 1 is Monday, 7 Sunday; 24:00 ends a day.
create table office_hours_intervals (
  id {{autoId}},
  weekday smallint not null,
  opens_at char(5) not null,
  closes_at char(5) not null
){{tableOptions}};

-- One date that differs: its own intervals as 08:00-12:00,13:00-17:00, or none when closed all day.
create table office_hours_exceptions (
  day char(10) not null primary key,
  intervals varchar(200) not null,
  reason varchar(200)
){{tableOptions}};

-- State and city holidays beside the national ones: 2026-06-13, or 06-13 for every year.
create table office_hours_holidays (
  day varchar(10) not null primary key,
  name varchar(100) not null
){{tableOptions}};
