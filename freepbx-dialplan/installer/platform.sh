# What this machine is: FreePBX or Asterisk alone, where its files are, whether it runs.
# shellcheck shell=sh disable=SC2034 # read by the other parts

# The PBX's console; nothing there takes longer than the limit, and a PBX that doesn't answer is as one that is off.
asterisk_command() {
  if [ -f "$etc/asterisk.conf" ]; then
    timeout 20 asterisk -C "$etc/asterisk.conf" -rx "$1" 2>/dev/null
  else
    timeout 20 asterisk -rx "$1" 2>/dev/null
  fi
}

is_running() { command -v asterisk >/dev/null && asterisk_command 'core show version' | grep -q '^Asterisk'; }

require_root() {
  [ "$(id -u)" = 0 ] && return 0
  printf 'ERRO: rode como root (sudo). Nada foi mudado.\n' >&2
  exit 2
}

require_package() {
  for file in ura-helpdesk.conf ura-globals.conf res_http_media_cache.conf ura-media-cache-clean; do
    [ -f "$package/$file" ] || fail "falta $file ao lado do instalador: o pacote está incompleto."
  done
  [ -f "$package/sounds/pt_BR/ura/manifest.json" ] ||
    fail 'faltam os áudios ao lado do instalador: faça o pacote com npm run dialplan:package.'
}

find_platform() {
  PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin
  [ -d "$etc" ] || fail "a pasta $etc não existe: instale o Asterisk, ou diga onde com --asterisk-etc."
  if [ -z "$platform" ]; then
    platform=asterisk
    # The file that FreePBX's own programs look for, or its generated dialplan.
    if [ -f "$(dirname "$etc")/freepbx.conf" ] || [ -f "$etc/extensions_additional.conf" ]; then platform=freepbx; fi
  fi
  [ "$platform" = freepbx ] || [ -f "$etc/extensions.conf" ] || fail "não há extensions.conf em $etc."
  find_owner
  [ -n "$sounds" ] || find_sounds
}

find_owner() {
  [ -n "$owner" ] && return 0
  if id asterisk >/dev/null 2>&1; then
    owner=asterisk:$(id -gn asterisk)
  else
    owner=$(stat -c %u:%g "$etc")
  fi
}

find_sounds() {
  data=$(asterisk_command 'core show settings' | sed -n 's/^ *Data directory: *//p')
  [ -n "$data" ] || data=$(configured_data_folder)
  for folder in "$data" /var/lib/asterisk /usr/share/asterisk; do
    if [ -n "$folder" ] && [ -d "$folder/sounds" ]; then
      sounds=$folder/sounds
      return 0
    fi
  done
  fail 'não achei a pasta de sons do Asterisk: diga onde com --sounds.'
}

# A section that is a template, [directories](!), says nothing.
configured_data_folder() {
  [ -f "$etc/asterisk.conf" ] || return 0
  awk '/^\[/ { inside = ($1 == "[directories]") }
    inside && /^astdatadir[ \t]*=/ { sub(/^[^=]*=>?[ \t]*/, ""); sub(/[ \t]*(;.*)?$/, ""); print; exit }' "$etc/asterisk.conf"
}

# Before anything is changed: every folder can be written to, and the prompts fit.
require_room() {
  is_dry_run && return 0
  for folder in "$etc" "$(nearest "$sounds/pt_BR/ura")" "$(nearest "$root/var/lib/ura-chamados")" \
    "$(nearest "$root/usr/local/sbin")"; do
    probe=$folder/.ura-probe
    (: >"$probe") 2>/dev/null || fail "não é possível gravar em $folder (disco só de leitura ou cheio?). Nada foi mudado."
    rm -f "$probe"
  done
  [ "$verb" = install ] || return 0
  needed=$(du -sk "$package/sounds" | cut -f1)
  free=$(df -Pk "$(nearest "$sounds/pt_BR/ura")" | awk 'NR == 2 { print $4 }')
  [ "$free" -gt $((needed + 1024)) ] ||
    fail "falta espaço em $sounds: são precisos $((needed + 1024)) kB e há $free kB. Nada foi mudado."
}

nearest() {
  near=$1
  while [ ! -d "$near" ]; do near=$(dirname "$near"); done
  printf '%s\n' "$near"
}
