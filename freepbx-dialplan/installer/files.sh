# The only place that writes. Each change is recorded before it is made, so that uninstall knows of it even when the
# installer is killed in between; each file appears whole or not at all.
# shellcheck shell=sh

changed=no
mark_begin='; >>> URA Chamados: escrito pelo instalador, não edite'
mark_joined='; >>> URA Chamados: escrito pelo instalador, não edite (sem fim de linha antes)'
mark_end='; <<< URA Chamados'

# Opens the folder that keeps what was changed: records, originals, copies. One installer at a time.
open_state() {
  state=$root/var/lib/ura-chamados
  records=$state/installed
  backups=$state/backups/$(date +%Y-%m-%d-%H%M%S)
  is_dry_run && return 0
  { mkdir -p "$state" && chmod 700 "$state" && touch "$state/lock"; } || fail "não foi possível gravar em $state"
  exec 9<"$state/lock"
  if command -v flock >/dev/null && ! flock -n 9; then
    fail 'outro instalador está rodando.'
  fi
}

is_recorded() { [ -f "$records" ] && grep -Fqx "$1	$2" "$records"; }

record() {
  is_recorded "$1" "$2" && return 0
  printf '%s\t%s\n' "$1" "$2" >>"$records" || fail "não foi possível gravar em $records"
}

# The paths of one kind of record, in the order in which they were made.
recorded() { [ ! -f "$records" ] || sed -n "s/^$1	//p" "$records"; }

is_ours() { is_recorded created "$1" || is_recorded replaced "$1"; }

# Says what is about to change and marks that the PBX has not been told yet. False when it is only to be said.
begin_change() {
  changed=yes
  if is_dry_run; then
    say "  mudaria: $1"
    return 1
  fi
  say "  $1"
  : >"$state/pending" || fail "não foi possível gravar em $state"
}

back_up() {
  { mkdir -p "$backups$(dirname "$1")" && cp -p "$1" "$backups$1"; } || fail "não foi possível copiar $1 para $backups"
}

# Keeps what was there before us, for uninstall.
keep_original() {
  {
    mkdir -p "$state/originals$(dirname "$1")" && cp -p "$1" "$state/originals$1.new" &&
      mv -f "$state/originals$1.new" "$state/originals$1"
  } || fail "não foi possível copiar $1 para $state"
}

# write_whole SOURCE PATH MODE OWNER: owner and mode of a file that exists stay as they are.
write_whole() {
  real=$(readlink -f "$2") || fail "não foi possível achar $2"
  if [ -e "$real" ]; then
    cp -p "$real" "$real.ura-new" && cat "$1" >"$real.ura-new"
  else
    cat "$1" >"$real.ura-new" && chmod "$3" "$real.ura-new" && chown "$4" "$real.ura-new"
  fi && mv -f "$real.ura-new" "$real" && return 0
  rm -f "$real.ura-new"
  fail "não foi possível gravar $2 (disco cheio ou sem permissão?). Nada ficou pela metade; rode de novo depois de resolver."
}

# place_file SOURCE PATH [MODE [OWNER]]: a file that is ours as a whole.
place_file() {
  is_dry_run || rm -f "$2.ura-new"
  if [ -f "$2" ] && cmp -s "$1" "$2"; then return 0; fi
  begin_change "$2" || return 0
  if is_ours "$2"; then
    [ ! -e "$2" ] || back_up "$2"
  elif [ -e "$2" ]; then
    keep_original "$2"
    record replaced "$2"
  else
    record created "$2"
  fi
  write_whole "$1" "$2" "${3:-644}" "${4:-$owner}"
}

make_folder() {
  [ ! -d "$1" ] || return 0
  [ -d "$(dirname "$1")" ] || make_folder "$(dirname "$1")"
  begin_change "$1/" || return 0
  record folder "$1"
  { mkdir "$1" && chown "${2:-$owner}" "$1"; } || fail "não foi possível criar $1"
}

# set_block PATH CONTENT: our lines at the end of a file that belongs to somebody else; without content they go.
set_block() {
  strip_block "$1" >"$work/stripped"
  cp "$work/stripped" "$work/wanted"
  if [ -s "$2" ]; then
    mark=$mark_begin
    if [ -s "$work/stripped" ] && [ -n "$(tail -c 1 "$work/stripped")" ]; then
      mark=$mark_joined
      echo >>"$work/wanted"
    fi
    { printf '%s\n' "$mark" && cat "$2" && printf '%s\n' "$mark_end"; } >>"$work/wanted"
  fi
  if [ -f "$1" ] && cmp -s "$work/wanted" "$1"; then return 0; fi
  begin_change "$1" || return 0
  if [ -e "$1" ]; then
    back_up "$1"
    is_recorded begun "$1" || record block "$1"
  else
    record begun "$1"
  fi
  write_whole "$work/wanted" "$1" 644 "$owner"
}

has_block() { [ -f "$1" ] && grep -Fq "$mark_begin" "$1"; }

# A file as it was without our lines, to the last byte.
strip_block() {
  [ -f "$1" ] || return 0
  if ! has_block "$1"; then
    cat "$1"
    return 0
  fi
  grep -Fqx "$mark_end" "$1" || fail "em $1 falta a linha «$mark_end»: ponha-a onde terminam as linhas da URA."
  ends_whole=yes
  [ -z "$(tail -c 1 "$1")" ] || ends_whole=no
  awk -v begin="$mark_begin" -v joined="$mark_joined" -v end="$mark_end" -v ends_whole="$ends_whole" '
    !inside && index($0, begin) == 1 { inside = 1; follows = 0; was_joined = ($0 == joined); next }
    inside { if ($0 == end) inside = 0; next }
    { if (printed) printf "\n"; printf "%s", $0; printed = 1; follows = 1 }
    END { if (printed && (follows ? ends_whole == "yes" : !was_joined)) printf "\n" }
  ' "$1"
}
