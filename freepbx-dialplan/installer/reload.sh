# Has the PBX read what changed. Only reloads: calls in progress go on.
# shellcheck shell=sh

reload_if_changed() {
  if [ "$changed" = no ] && [ ! -f "$state/pending" ]; then return 0; fi
  changed=yes
  if [ "$no_reload" = yes ]; then
    say 'Sem recarregar (--no-reload): depois, rode fwconsole reload ou asterisk -rx "dialplan reload".'
    return 0
  fi
  if is_dry_run; then
    say '  mudaria: o Asterisk seria recarregado'
    return 0
  fi
  if ! is_running; then
    say 'O Asterisk não está rodando: o que mudou vale quando ele subir.'
  elif [ "$platform" = freepbx ] && command -v fwconsole >/dev/null; then
    say 'Recarregando o FreePBX (fwconsole reload)…'
    fwconsole reload >"$work/reload" 2>&1 || reload_failed 'fwconsole reload'
  else
    say 'Recarregando o Asterisk (dialplan reload)…'
    asterisk_command 'dialplan reload' >"$work/reload" || reload_failed 'dialplan reload'
  fi
  rm -f "$state/pending"
}

reload_failed() {
  tail -n 5 "$work/reload" >&2
  fail "a recarga falhou ($1). Os arquivos estão no lugar; resolva o que está acima e rode o instalador de novo."
}
