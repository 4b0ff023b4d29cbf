#!/bin/sh
# Installs MiniStack, an emulator of AWS, into a folder of its own. Run again it does nothing. Needs Python 3.
# What it is corrected in as it is loaded stands in test/oracles/ministack/corrections.py, which fits this version only.
set -eu
cache="${ONETRACK_ORACLES:-$HOME/.cache/onetrack}"
# With cryptography it checks RS256 tokens and signs with keys of elliptic curves.
wanted='ministack==1.5.33 cryptography==50.0.2'

if [ "$(cat "$cache/ministack/installed" 2>/dev/null)" != "$wanted" ]; then
  rm -rf "$cache/ministack"
  mkdir -p "$cache"
  python3 -m venv "$cache/ministack"
  # shellcheck disable=SC2086
  "$cache/ministack/bin/pip" install --quiet --disable-pip-version-check $wanted
  echo "$wanted" >"$cache/ministack/installed"
fi
