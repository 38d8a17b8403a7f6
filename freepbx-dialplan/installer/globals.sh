# ura-globals.conf belongs to the administrator: values stay, new ones are added with their explanation, and only what was
# given as an option is changed.
# shellcheck shell=sh

# Writes to standard output what ura-globals.conf should be.
wanted_globals() {
  current=$etc/ura-globals.conf
  if [ -f "$current" ]; then
    add_missing_globals
  else
    cp "$package/ura-globals.conf" "$work/globals"
  fi
  # A value that was given for a key that is set twice counts for both: Asterisk takes the last.
  printf '%s' "$settings" >"$work/settings"
  while IFS='=' read -r key value; do
    KEY=$key VALUE=$value awk 'index($0, ENVIRON["KEY"] "=") == 1 { print ENVIRON["KEY"] "=" ENVIRON["VALUE"]; next }
      { print }' "$work/globals" >"$work/globals.set" && mv "$work/globals.set" "$work/globals"
  done <"$work/settings"
  cat "$work/globals"
}

# Adds each key of the package's file that the administrator's lacks, with the comment above it, and keeps the module's
# file, whose values hold over these, in the last line.
add_missing_globals() {
  grep -v '^#tryinclude ura-globals-gui.conf' "$current" >"$work/globals" || true
  [ -z "$(tail -c 1 "$work/globals")" ] || echo >>"$work/globals"
  awk 'NR == FNR { if (match($0, /^[ \t]*[A-Z0-9_]+[ \t]*=/)) { key = $0; sub(/[ \t]*=.*/, "", key); gsub(/[ \t]/, "", key); has[key] = 1 } next }
    /^;/ { comment = comment $0 "\n"; next }
    /^[A-Z0-9_]+=/ { key = $0; sub(/=.*/, "", key); if (!(key in has)) printf "\n%s%s\n", comment, $0 }
    /^$/ { comment = "" }' "$current" "$package/ura-globals.conf" >>"$work/globals"
  echo '#tryinclude ura-globals-gui.conf' >>"$work/globals"
}

# The value that a key has: the last that is set, as Asterisk has it, and what the module's settings say over that.
global_value() {
  cat "$etc/ura-globals.conf" "$etc/ura-globals-gui.conf" 2>/dev/null |
    sed -n "s/^$1[ 	]*=>*[ 	]*//p" | tail -n 1 | sed 's/[ 	]*$//'
}
