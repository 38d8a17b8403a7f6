# How long Asterisk waits for an audio of the API, and the job that removes what it keeps of them.
# shellcheck shell=sh

# A value up to here is short enough: Asterisk asks four times.
timeout_seconds_max=3

install_media_cache() {
  file=$etc/res_http_media_cache.conf
  if [ ! -f "$file" ]; then
    place_file "$package/res_http_media_cache.conf" "$file"
  elif ! has_block "$file" && ! is_short_timeout "$(media_cache_timeout)"; then
    # What comes last counts, so the administrator's other lines stay as they are.
    section='[general]'
    if grep -q '^\[general\]' "$file"; then section='[general](+)'; fi
    printf '%s\ntimeout_secs=1\n' "$section" >"$work/block"
    set_block "$file" "$work/block"
  fi
  install_cleaner
}

# The time limit in force, empty when it is Asterisk's own of 180 s.
media_cache_timeout() {
  [ -f "$etc/res_http_media_cache.conf" ] || return 0
  awk '/^\[/ { inside = ($0 ~ /^\[general\]/) }
    inside && /^[ \t]*timeout_secs[ \t]*=/ { value = $0; sub(/^[^=]*=>?[ \t]*/, "", value); sub(/[^0-9].*/, "", value) }
    END { print value }' "$etc/res_http_media_cache.conf"
}

# Asterisk reads that file only when it starts: the module has no reload (res_http_media_cache.c, 22), and once unloaded
# it can't be loaded again, because its schemes stay registered.
is_media_cache_file_newer() {
  uptime=$(asterisk_command 'core show uptime seconds' | sed -n 's/^System uptime: *\([0-9]*\).*/\1/p')
  [ -n "$uptime" ] && [ "$(stat -c %Z "$etc/res_http_media_cache.conf")" -gt $(($(date +%s) - uptime)) ]
}

is_short_timeout() { [ -n "$1" ] && [ "$1" -ge 1 ] && [ "$1" -le "$timeout_seconds_max" ]; }

# Files of Asterisk's cache hold names and protocols spoken aloud, and Asterisk never deletes one by itself.
install_cleaner() {
  cleaner=$root/usr/local/sbin/ura-media-cache-clean
  make_folder "$root/usr/local/sbin" 0:0
  place_file "$package/ura-media-cache-clean" "$cleaner" 755 0:0
  if [ ! -d "$root/etc/cron.d" ]; then
    say "AVISO: não há $root/etc/cron.d; faça ura-media-cache-clean rodar de hora em hora por outro meio."
    return 0
  fi
  # cron takes names only, and none is known where the owner is a number.
  runner=${owner%%:*}
  case $runner in *[!0-9]*) ;; *) runner=root ;; esac
  {
    say '# Apaga do cache do Asterisk os áudios vencidos da URA (nomes e protocolos falados).'
    say "17 * * * * $runner /usr/local/sbin/ura-media-cache-clean $etc"
  } >"$work/cron"
  place_file "$work/cron" "$root/etc/cron.d/ura-media-cache" 644 0:0
}
