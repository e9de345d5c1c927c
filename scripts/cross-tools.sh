#!/usr/bin/env bash
# What `scripts/prebuild.mjs` and `scripts/check-binary.mjs` need on a Debian or Ubuntu machine, for the targets named
# as arguments: zig links, lief reads binaries, and where rustup has no standard library for a target,
# Debian's compiler builds it from source.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=target/cross-tools
if ! "$tools/bin/python" -c 'import lief, ziglang' 2>/dev/null || ! [ -x "$tools/bin/cargo-zigbuild" ]; then
  python3 -m venv "$tools" 2>/dev/null || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv
    python3 -m venv "$tools"
  }
  "$tools/bin/pip" install --quiet --disable-pip-version-check ziglang==0.17.1 cargo-zigbuild==0.24.0 lief==1.0.0
fi

missing=()
for target in "$@"; do
  [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ] || rustup target add "$target" >/dev/null 2>&1 || missing+=("$target")
done
[ ${#missing[@]} -eq 0 ] || echo "rustup has no standard library of: ${missing[*]}; it is built from source"
if [ ${#missing[@]} -gt 0 ] && ! dpkg -s rustc-web rust-web-src >/dev/null 2>&1; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends rustc-web rust-web-src
fi
