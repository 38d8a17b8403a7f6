# The prompts, in pt_BR/ura, and digits for the PBX's own announcements where it has none in Portuguese.
# shellcheck shell=sh

# The sound files that a manifest names, one a line.
manifest_files() { sed -n 's/^ *"file": *"\([a-z0-9-]*\.wav1*6*\)",*$/\1/p' "$1"; }

install_sounds() {
  folder=$sounds/pt_BR/ura
  pack=$package/sounds/pt_BR/ura
  make_folder "$folder"
  manifest_files "$pack/manifest.json" >"$work/prompts"
  [ -s "$work/prompts" ] || fail "não entendi $pack/manifest.json"
  while read -r file; do
    [ -f "$pack/$file" ] || fail "falta o áudio $file no pacote."
    place_file "$pack/$file" "$folder/$file"
  done <"$work/prompts"
  place_file "$pack/manifest.json" "$folder/manifest.json"
  remove_old_prompts
  install_digits
}

# Prompts of an earlier version that no longer exist; what others put there stays.
remove_old_prompts() {
  echo manifest.json >>"$work/prompts"
  recorded created >"$work/recorded"
  while read -r path; do
    case $path in "$folder"/*) ;; *) continue ;; esac
    if [ -f "$path" ] && ! grep -Fqx "${path##*/}" "$work/prompts"; then
      begin_change "$path (não existe mais)" && rm -f "$path"
    fi
  done <"$work/recorded"
}

install_digits() {
  make_folder "$sounds/pt_BR/digits"
  for digit in 0 1 2 3 4 5 6 7 8 9; do
    path=$sounds/pt_BR/digits/$digit
    recording=$(ls "$pack/digit-$digit".wav* 2>/dev/null) || fail "falta o áudio digit-$digit no pacote."
    target=$path.${recording##*.}
    if is_recorded created "$target" || ! has_sound "$path"; then place_file "$recording" "$target"; fi
  done
}

# Whether Asterisk finds a sound, whatever its format.
has_sound() {
  for sound in "$1".*; do
    case $sound in *.ura-new) continue ;; esac
    [ -f "$sound" ] && return 0
  done
  return 1
}
