#!/usr/bin/env bash
# bash scripts/valgrind.sh
#
# Runs the core's tests under valgrind. Reads of unwritten or freed memory and leaks are errors. Prints a line for each of
# them; one error fails the command. Three tests are left out. The differential test takes longest, and tests a second
# verifier. The one that measures heap and stack would measure valgrind's. The axum example tests a web server.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v valgrind >/dev/null || {
  echo 'valgrind is not here: apt-get install valgrind' >&2
  exit 1
}

# How many inputs a property is shown: each takes valgrind thirty times as long.
export PROPTEST_CASES="${PROPTEST_CASES:-8}"
logs="${CARGO_TARGET_DIR:-target}/valgrind"
mkdir -p "$logs"
failed=0

run() {
  local name="$1" binary="$2" start=$SECONDS status=0
  local log="$logs/$name.log"
  valgrind --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect --show-leak-kinds=definite,indirect \
    --log-file="$log" "$binary" --test-threads=1 >"$logs/$name.out" 2>&1 || status=$?
  local passed errors lost
  passed="$(sed -n 's/^test result: [^.]*\. \([0-9]* passed; [0-9]* failed\).*/\1/p' "$logs/$name.out")"
  errors="$(sed -n 's/.*ERROR SUMMARY: \([0-9,]*\) errors.*/\1/p' "$log" | tail -n 1)"
  # Where nothing at all is left, valgrind does not count what was lost.
  lost="$(sed -n 's/.*definitely lost: \([0-9,]*\) bytes.*/\1/p' "$log" | tail -n 1)"
  echo "$name: ${passed:-no result}; ${errors:-unknown} errors, ${lost:-0} bytes definitely lost; $((SECONDS - start)) s"
  [ "$status" = 0 ] && [ -n "$passed" ] && [ "$errors" = 0 ] && return
  failed=1
  tail -n 40 "$log" "$logs/$name.out" >&2
}

# The binaries that cargo names: `name path` a line.
built="$(cargo test --locked --no-run --package local-first-identity --lib --tests --message-format json | node -e '
  const lines = require("node:fs").readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line))
  for (const { executable, target } of lines) {
    if (executable && !["differential", "limits", "axum"].includes(target.name)) console.log(target.name, executable)
  }
')"
[ -n "$built" ] || {
  echo 'cargo named no tests' >&2
  exit 1
}
while read -r name binary; do run "$name" "$binary"; done <<<"$built"
exit "$failed"
