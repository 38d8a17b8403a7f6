# What the administrator asked for. Sets verb, root, etc, sounds, owner, platform, dry_run, no_reload, and in $settings one
# line KEY=VALUE for each value of ura-globals.conf that was given.
# shellcheck shell=sh disable=SC2034 # read by the other parts

usage() {
  cat <<'TEXT'
Uso: install VERBO [OPÇÕES]

  install        instala, ou atualiza o que já está instalado
  verify         confere a instalação; termina com 1 se houver falha
  uninstall      desinstala e deixa o que havia antes

Valores de ura-globals.conf (o que não for dado fica como está):
  --server1 HOST:PORTA       servidor FastAGI da URA
  --server2 HOST:PORTA       segundo servidor ('' = nenhum)
  --queue FILA               número da fila no FreePBX, ou o nome dela em queues.conf
  --queue-seconds N          espera na fila
  --time-condition N         Time Condition do FreePBX ('' = nenhuma)
  --hours TEXTO              horário de emergência, como em GotoIfTime
  --recording sim|nao        gravar a conversa com o técnico (só FreePBX)

Onde:
  --asterisk-etc PASTA       configuração do Asterisk (padrão: /etc/asterisk)
  --sounds PASTA             pasta de sons (padrão: a que o Asterisk usa)
  --owner USUARIO:GRUPO      dono dos arquivos (padrão: asterisk:asterisk)
  --platform freepbx|asterisk    em vez de descobrir
  --root PASTA               raiz de /etc/cron.d, /usr/local/sbin e /var/lib/ura-chamados (padrão: /)

  --dry-run                  só mostra o que mudaria
  --no-reload                não recarrega o Asterisk
  --help                     esta ajuda

Chamadas em curso continuam: o Asterisk só é recarregado, nunca reiniciado. As cópias de segurança do que foi mudado
ficam em /var/lib/ura-chamados/backups.
TEXT
}

say() { printf '%s\n' "$*"; }

fail() {
  printf 'ERRO: %s\n' "$*" >&2
  exit 1
}

refuse_option() {
  printf 'ERRO: %s\nVeja: install --help\n' "$*" >&2
  exit 2
}

is_dry_run() { [ "$dry_run" = yes ]; }

read_options() {
  verb='' root='' etc='' sounds='' owner='' platform='' dry_run=no no_reload=no settings=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage && exit 0 ;;
      --dry-run) dry_run=yes ;;
      --no-reload) no_reload=yes ;;
      --*)
        [ $# -ge 2 ] || refuse_option "falta o valor de $1, ou a opção não existe."
        read_option_with_value "$1" "$2"
        shift
        ;;
      install | verify | uninstall)
        [ -z "$verb" ] || refuse_option "um verbo só: $verb ou $1."
        verb=$1
        ;;
      *) refuse_option "não entendi: $1" ;;
    esac
    shift
  done
  [ -n "$verb" ] || refuse_option 'falta o verbo: install, verify ou uninstall.'
  etc=${etc:-$root/etc/asterisk}
}

read_option_with_value() {
  case $1 in
    --server1) require_form "$1" "$2" 'A-Za-z0-9._:-' && add_setting URA_SERVER1 "$2" ;;
    --server2) { [ -z "$2" ] || require_form "$1" "$2" 'A-Za-z0-9._:-'; } && add_setting URA_SERVER2 "$2" ;;
    --queue) require_form "$1" "$2" 'A-Za-z0-9_-' && add_setting URA_QUEUE "$2" ;;
    --queue-seconds) require_form "$1" "$2" '0-9' && add_setting URA_QUEUE_SECONDS "$2" ;;
    --time-condition) { [ -z "$2" ] || require_form "$1" "$2" '0-9'; } && add_setting URA_TIME_CONDITION "$2" ;;
    --hours) require_form "$1" "$2" 'A-Za-z0-9:&,*/_+-' && add_setting URA_HOURS "$2" ;;
    --recording)
      case $2 in
        sim) add_setting URA_RECORDING yes ;;
        nao | não) add_setting URA_RECORDING no ;;
        *) refuse_option "--recording: sim ou nao, e não $2" ;;
      esac
      ;;
    --asterisk-etc) require_folder "$1" "$2" && etc=$2 ;;
    --sounds) require_folder "$1" "$2" && sounds=$2 ;;
    --root) require_folder "$1" "$2" && root=${2%/} ;;
    --owner) require_form "$1" "$2" 'A-Za-z0-9_.:-' && owner=$2 ;;
    --platform)
      case $2 in
        freepbx | asterisk) platform=$2 ;;
        *) refuse_option "--platform: freepbx ou asterisk, e não $2" ;;
      esac
      ;;
    *) refuse_option "a opção $1 não existe." ;;
  esac
}

# What goes into a configuration file holds nothing that Asterisk would read as syntax.
require_form() {
  case $2 in
    '') refuse_option "$1: falta o valor." ;;
    *[!$3]*) refuse_option "$1: valor inválido: $2" ;;
  esac
}

require_folder() {
  case $2 in
    *'
'*) refuse_option "$1: quebra de linha no nome da pasta." ;;
    /*) [ -d "$2" ] || refuse_option "$1: a pasta $2 não existe." ;;
    *) refuse_option "$1: dê o caminho inteiro, a partir de /." ;;
  esac
}

add_setting() {
  settings="$settings$1=$2
"
}
