#!/usr/bin/env bash
# Installs what `scripts/prebuild.mjs` and `scripts/check-binary.mjs` need on Debian or Ubuntu, for the targets named
# as arguments. zig links, and lief reads binaries. If rustup has no standard library for a target, Debian's compiler
# builds it from source.
set -euo pipefail
cd "$(dirname "$0")/.."

install() {
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$@"
}

tools=target/cross-tools
if ! "$tools/bin/python" -c 'import lief, ziglang' 2>/dev/null || ! [ -x "$tools/bin/cargo-zigbuild" ]; then
  mkdir -p target
  python3 -m venv --clear "$tools" 2>/dev/null || { install python3-venv && python3 -m venv --clear "$tools"; }
  "$tools/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r scripts/zig.txt -r scripts/lief.txt
fi

missing=()
for target in "$@"; do
  [ -d "$(rustc --print target-libdir --target "$target")" ] ||
    timeout 300 rustup target add "$target" >/dev/null 2>&1 || missing+=("$target")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "rustup has no standard library of ${missing[*]}: it is built from source"
  sources=(rustc-web rust-web-src)
  [[ " ${missing[*]} " != *" wasm32-wasip1 "* ]] || sources+=(wasi-libc lld-16)
  dpkg -s "${sources[@]}" >/dev/null 2>&1 || install "${sources[@]}"
fi
