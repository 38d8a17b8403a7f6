-- Old attempts are removed by age.
create index registration_attempts_age on registration_attempts (attempted_at_ms);
