# Looks whether all is in place, and asks the PBX itself. One line a check: ok, FALHA or AVISO, with what to do.
# shellcheck shell=sh

failures=0
good() { say "ok     $1"; }
bad() {
  failures=$((failures + 1))
  say "FALHA  $1"
  say "       → $2"
}

notice() {
  say "AVISO  $1"
  say "       → $2"
}

# check "what" "what to do" command…
check() {
  what=$1 remedy=$2
  shift 2
  if "$@"; then good "$what"; else bad "$what" "$remedy"; fi
}

verify_all() {
  find_platform
  verify_files
  verify_prompts
  if is_running; then
    verify_running
  else
    bad 'o Asterisk responde' "suba o Asterisk e rode como root: asterisk -rx 'core show version'"
  fi
  if [ "$failures" = 0 ]; then
    say 'Tudo certo.'
  else
    say "Falhas: $failures."
    exit 1
  fi
}

verify_files() {
  again='rode o instalador de novo: install install'
  for file in $(dialplan_files); do
    check "$file é o deste pacote" "$again" cmp -s "$package/$file" "$etc/$file"
  done
  check 'ura-globals.conf existe' "$again" [ -f "$etc/ura-globals.conf" ]
  if [ "$platform" = freepbx ]; then
    check 'extensions_custom.conf inclui ura-helpdesk.conf' "$again" is_included "$etc/extensions_custom.conf" ura-helpdesk.conf
    check 'globals_custom.conf inclui ura-globals.conf' "$again" is_included "$etc/globals_custom.conf" ura-globals.conf
  else
    check 'extensions.conf inclui ura-helpdesk.conf' "$again" is_included "$etc/extensions.conf" ura-helpdesk.conf
    check 'extensions.conf inclui ura-globals.conf' "$again" is_included "$etc/extensions.conf" ura-globals.conf
  fi
  check 'espera curta por áudio da API (res_http_media_cache.conf)' "ponha timeout_secs=1 em [general]" \
    is_short_timeout "$(media_cache_timeout)"
  check 'limpeza do cache de áudio de hora em hora' 'instale o cron e rode o instalador de novo' \
    [ -f "$root/etc/cron.d/ura-media-cache" ]
}

verify_prompts() {
  manifest=$sounds/pt_BR/ura/manifest.json
  if [ ! -f "$manifest" ]; then
    bad "áudios em $sounds/pt_BR/ura" "$again"
    return 0
  fi
  manifest_files "$manifest" >"$work/prompts"
  wrong='' count=0
  while read -r file; do
    count=$((count + 1))
    is_prompt_sound "$sounds/pt_BR/ura/$file" || wrong="$wrong $file"
  done <"$work/prompts"
  check "os $count áudios do manifesto, mono, 16 bits${wrong:+ (com defeito:$wrong)}" "$again" [ -z "$wrong" ]
  wrong=''
  for digit in 0 1 2 3 4 5 6 7 8 9; do has_sound "$sounds/pt_BR/digits/$digit" || wrong="$wrong $digit"; done
  check "dígitos em português do Asterisk${wrong:+ (faltam:$wrong)}" "$again" [ -z "$wrong" ]
}

# WAV, PCM, one channel, 16 bits, at the rate that its name tells Asterisk.
is_prompt_sound() {
  [ -s "$1" ] || return 1
  case $1 in *.wav16) rate=16000 ;; *) rate=8000 ;; esac
  [ "$(od -An -c -N 4 "$1" | tr -d ' ')" = RIFF ] &&
    [ "$(od -An -tu2 -j 20 -N 4 "$1" | tr -s ' ')" = ' 1 1' ] &&
    [ "$(od -An -tu4 -j 24 -N 4 "$1" | tr -d ' ')" = "$rate" ] &&
    [ "$(od -An -tu2 -j 34 -N 2 "$1" | tr -d ' ')" = 16 ]
}

verify_running() {
  verify_version
  modules=$(asterisk_command 'module show')
  for module in res_agi app_queue app_stack app_playback func_timeout func_dialplan func_strings res_http_media_cache \
    res_curl func_curl format_wav; do
    check "módulo $module" "asterisk -rx 'module load $module.so', e tire um noload de modules.conf" \
      is_module_running "$module"
  done
  for context in $(cd "$package" && cat $(dialplan_files) | sed -n 's/^\[\(ura-[a-z0-9-]*\)\].*/\1/p'); do
    check "contexto $context" "asterisk -rx 'dialplan reload' e veja o log do Asterisk" has_context "$context"
  done
  if [ -f "$etc/res_http_media_cache.conf" ] && is_media_cache_file_newer; then
    notice 'res_http_media_cache.conf só vale depois que o Asterisk reiniciar' \
      'numa hora sem ligações, reinicie-o; até lá, uma API que trava ao entregar um áudio deixa quem liga esperando'
  fi
  if ! is_host_name_known; then
    notice "o nome desta máquina ($(uname -n)) não está em /etc/hosts" \
      "acrescente a linha: 127.0.1.1 $(uname -n); o Asterisk procura o próprio nome em cada ligação, e um DNS que não responde atrasa o atendimento em 5 s ou mais"
  fi
  check 'valores de ura-globals.conf em vigor' "asterisk -rx 'dialplan reload'" are_globals_loaded
  verify_destinations
  verify_server 1
  [ -z "$(global_value URA_SERVER2)" ] || verify_server 2
}

verify_version() {
  version=$(asterisk_command 'core show version' | sed -n 's/^Asterisk \([0-9]*\).*/\1/p' | head -n 1)
  check "Asterisk ${version:-?} (20 ou mais novo)" 'atualize o Asterisk' [ "${version:-0}" -ge 20 ]
}

# Asterisk 22, main/acl.c, ast_find_ourip: the host's own name, then A.ROOT-SERVERS.NET, in the thread of the SIP dialogue.
is_host_name_known() {
  awk -v name="$(uname -n)" '{ sub(/#.*/, ""); for (at = 2; at <= NF; at++) if ($at == name) found = 1 }
    END { exit !found }' "$root/etc/hosts" 2>/dev/null
}

is_module_running() { printf '%s\n' "$modules" | grep -q "^$1\.so .*Running"; }

has_context() { asterisk_command "dialplan show $1" | grep -q "Context '$1' created by"; }

has_extension() { asterisk_command "dialplan show $1@$2" | grep -q "'$1' =>"; }

are_globals_loaded() {
  asterisk_command 'dialplan show globals' >"$work/loaded"
  for key in URA_SERVER1 URA_SERVER2 URA_QUEUE URA_TIME_CONDITION URA_RECORDING; do
    grep -Fqx "   $key=$(global_value "$key")" "$work/loaded" || return 1
  done
}

verify_destinations() {
  queue=$(global_value URA_QUEUE)
  if [ "$platform" = freepbx ]; then
    check "fila $queue no FreePBX" 'crie a fila na interface, ou: install install --queue NÚMERO' has_extension "$queue" ext-queues
  else
    check "fila $queue em queues.conf" 'crie a fila, ou: install install --queue NOME' has_plain_queue "$queue"
  fi
  condition=$(global_value URA_TIME_CONDITION)
  [ -z "$condition" ] || check "Time Condition $condition" 'crie-a na interface, ou: install install --time-condition NÚMERO' \
    has_extension "$condition" timeconditions
  [ "$(global_value URA_RECORDING)" != yes ] ||
    check 'gravação pelo FreePBX (sub-record-check)' 'só o FreePBX grava: instale o módulo Call Recording, ou --recording nao' \
      has_extension s sub-record-check
}

has_plain_queue() { asterisk_command "queue show $1" | grep -q "^$1 has "; }

# Asterisk itself asks the server, as for a call.
verify_server() {
  server=$(global_value "URA_SERVER$1")
  question=$1$(date +%s)$$
  asterisk_command "channel originate Local/$question@ura-check application NoOp" >/dev/null
  waited=0 answer=''
  while [ -z "$answer" ] && [ "$waited" -lt 12 ]; do
    sleep 0.5 2>/dev/null || sleep 1
    waited=$((waited + 1))
    answer=$(asterisk_command 'dialplan show globals' | sed -n "s/^ *URA_CHECK=$question-//p")
  done
  check "servidor FastAGI $1 ($server) atende" \
    'veja se o serviço agi roda lá, AGI_HOST, AGI_PORT e o firewall (porta liberada só para este Asterisk)' [ "$answer" = ok ]
}
