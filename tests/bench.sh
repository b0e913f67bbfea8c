#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clovis bench reaches a server by each way, says which, and judges by the target.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
src=${top_srcdir:-$here/..}
clovis=${top_builddir:-.}/clovis
PATH=$PATH:/usr/sbin:/sbin
for tool in redis-server redis-cli openssl; do
    command -v "$tool" >/dev/null || { echo "bench: skipped, no $tool"; exit 77; }
done
dir=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT INT TERM
failed=0

fail() {
    echo "bench: $1" >&2
    cat "$dir/out" "$dir/err" >&2
    failed=1
}

run() { # run STATUS COMMAND...: 4 means that a target was missed, which load may do
    want=$1 status=0
    shift
    "$@" >"$dir/out" 2>"$dir/err" || status=$?
    [ "$status" = 4 ] && status=0
    [ "$status" = "$want" ] || fail "$*: status $status, expected $want"
}

run 0 sh "$src/bench/run-all" "$clovis" start --quick --json --progress
for store in unix tcp tls unix+2; do
    grep -q "^ {\"store\":\"$store\",\"name\":\"clCkptInitialize.*\"met\":" "$dir/out" ||
        fail "no line of $store"
    grep -q "done: $store, clCkptInitialize" "$dir/err" || fail "no progress of $store"
done
[ "$(sed -n '1p;$p' "$dir/out" | tr -d '\n')" = '[]' ] || fail "not one JSON array"

run 0 sh "$src/bench/run-all" "$clovis" sync --quick
grep -q '^unix+2 *sync overwrite' "$dir/out" || fail "the store with replicas was not found"

run 1 "$clovis" bench start --url redis-sentinel://127.0.0.1/m
grep -q 'not sentinels' "$dir/err" || fail "sentinels as a baseline"
exit $failed
