# Puts back what was there before, from the records that install made. Can be stopped at any moment and run again.
# shellcheck shell=sh

uninstall_all() {
  require_root
  find_platform
  open_state
  if [ ! -f "$records" ]; then
    say 'Nada a desinstalar: o instalador não rodou aqui.'
    return 0
  fi
  require_room
  say "Desinstalando de $etc."
  # The lines that include our files go before the files.
  : >"$work/none"
  for kind in block begun; do each_recorded "$kind" remove_block; done
  each_recorded replaced put_back
  each_recorded created remove_created
  recorded folder | awk '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }' >"$work/folders"
  while read -r path; do [ ! -d "$path" ] || is_dry_run || rmdir "$path" 2>/dev/null; done <"$work/folders"
  reload_if_changed
  is_dry_run && return 0
  rm -rf "$records" "$state/originals"
  say "Desinstalado. As cópias de segurança ficam em $state/backups."
  say 'Se um ramal, uma rota ou um Custom Destination ainda aponta para ura-helpdesk, aponte-o para outro lugar.'
}

each_recorded() {
  recorded "$1" >"$work/$1"
  while read -r path; do "$2" "$path"; done <"$work/$1"
}

remove_block() {
  rm -f "$1.ura-new"
  [ -f "$1" ] || return 0
  set_block "$1" "$work/none"
  if is_recorded begun "$1" && [ ! -s "$1" ] && ! is_dry_run; then rm -f "$1"; fi
}

put_back() {
  rm -f "$1.ura-new"
  original=$state/originals$1
  if [ ! -f "$original" ] || { [ -f "$1" ] && cmp -s "$original" "$1"; }; then return 0; fi
  begin_change "$1 (como era antes)" || return 0
  [ ! -f "$1" ] || back_up "$1"
  write_whole "$original" "$1" 644 "$owner"
}

remove_created() {
  is_dry_run || rm -f "$1.ura-new"
  [ -f "$1" ] || return 0
  begin_change "$1 (apagado)" || return 0
  # What the administrator set is kept; sounds can be made again.
  case $1 in *.conf) back_up "$1" ;; esac
  rm -f "$1" || fail "não foi possível apagar $1"
}
