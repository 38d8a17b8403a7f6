# The dialplan's files and the lines that include them.
# shellcheck shell=sh

install_dialplan_files() {
  wanted_globals >"$work/ura-globals.conf"
  place_file "$work/ura-globals.conf" "$etc/ura-globals.conf"
  for file in $(dialplan_files); do place_file "$package/$file" "$etc/$file"; done
}

# The package's files of contexts, by name.
dialplan_files() {
  (cd "$package" && for file in ura-*.conf; do [ "$file" = ura-globals.conf ] || printf '%s\n' "$file"; done)
}

install_includes() {
  if [ "$platform" = freepbx ]; then
    includes_missing "$etc/globals_custom.conf" ura-globals.conf >"$work/block"
    set_block "$etc/globals_custom.conf" "$work/block"
    # shellcheck disable=SC2046 # names without blanks
    includes_missing "$etc/extensions_custom.conf" $(dialplan_files) >"$work/block"
    set_block "$etc/extensions_custom.conf" "$work/block"
  else
    plain_block >"$work/block"
    set_block "$etc/extensions.conf" "$work/block"
  fi
}

# includes_missing PATH FILE…: an #include for each file that the administrator's own lines don't include already.
includes_missing() {
  strip_block "$1" >"$work/own"
  shift
  for file in "$@"; do is_included "$work/own" "$file" || printf '#include %s\n' "$file"; done
}

is_included() {
  [ -f "$1" ] && grep -Eq "^[ 	]*#include[ 	]+[\"<]?([^\"> 	]*/)?$(printf '%s' "$2" | sed 's/\./\\./g')[\">]?[ 	]*(;.*)?\$" "$1"
}

plain_block() {
  includes_missing "$etc/extensions.conf" ura-globals.conf >"$work/globals-line"
  if [ -s "$work/globals-line" ]; then
    # A second [globals] would be passed over in silence; (+) needs a first one.
    if has_globals_section; then say '[globals](+)'; else say '[globals]'; fi
    cat "$work/globals-line"
  fi
  # shellcheck disable=SC2046 # names without blanks
  includes_missing "$etc/extensions.conf" $(dialplan_files)
}

has_globals_section() {
  strip_block "$etc/extensions.conf" >"$work/own"
  grep -q '^\[globals\]' "$work/own" && return 0
  included=$(sed -n 's/^[ 	]*#include[ 	]*["<]*\([^"> 	;]*\).*/\1/p' "$work/own")
  for file in $included; do
    case $file in /*) ;; *) file=$etc/$file ;; esac
    [ -f "$file" ] && grep -q '^\[globals\]' "$file" && return 0
  done
  return 1
}
