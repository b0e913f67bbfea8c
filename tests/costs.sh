#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a call costs the caller, in instructions (callgrind) and system calls (strace), both
# of its own thread, must not grow by more than a tenth beyond the checked-in
# table. Usage: costs.sh [--table]   (--table: print the table as it is now)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
src=${top_srcdir:-$here/..}
build=${top_builddir:-.}
table=$src/tests/data/costs.tsv
calls=200
PATH=$PATH:/usr/sbin:/sbin

probe=$build/tests/cost_probe
kind=$("$probe" --build)
[ "$kind" = plain ] || { echo "costs: skipped, $kind"; exit 77; }
for tool in valgrind callgrind_annotate strace redis-server redis-cli; do
    command -v "$tool" >/dev/null || { echo "costs: skipped, no $tool"; exit 77; }
done

dir=$(mktemp -d "${TMPDIR:-/tmp}/costs.XXXXXX")
trap 'rm -rf "$dir"' EXIT INT TERM
# one sign of life at the start, none while it is counted
export CLOVIS_LEASE_MS=600000 CLOVIS_OP_TIMEOUT_MS=60000 CLOVIS_READ_CACHE_STALE_MS=6000
strace -o "$dir/try" true 2>/dev/null || { echo "costs: skipped, strace may not trace"; exit 77; }

count_one() { # count_one NAME CACHE ARGS...
    name=$1 CLOVIS_READ_CACHE=$2
    export CLOVIS_READ_CACHE
    shift 2
    sh "$src/bench/run" valgrind --tool=callgrind --callgrind-out-file="$dir/$name.cg" \
        "$probe" "$@" >"$dir/$name.log" 2>&1 ||
        { cat "$dir/$name.log" >&2; exit 1; }
    sh "$src/bench/run" strace -o "$dir/$name.st" "$probe" "$@" >"$dir/$name.log" 2>&1 ||
        { cat "$dir/$name.log" >&2; exit 1; }
}
# one after the other would be too slow
count_one plain off & first=$!
count_one cached on cached
wait $first

{
    # "COUNT (12.34%)  file.c:phase_NAME [...]", with what it calls
    for out in "$dir"/*.cg; do
        callgrind_annotate --inclusive=yes --threshold=100 "$out"
    done | awk -v n=$calls '
        match($0, /:phase_[a-z_]+/) {
            what = substr($0, RSTART + 7, RLENGTH - 7)
            gsub(/,/, "", $1)
            if (!(what in seen)) printf "i %s %.0f\n", what, $1 / n
            seen[what] = 1
        }'
    awk -v n=$calls '
        /\/cost\/end"/ { printf "s %s %.2f\n", what, count / n; what = ""; next }
        /\/cost\// { what = $0; sub(/.*\/cost\//, "", what); sub(/".*/, "", what); count = 0; next }
        what != "" { count++ }' "$dir/plain.st" "$dir/cached.st"
} | awk '
    $1 == "i" { instructions[$2] = $3 }
    $1 == "s" { calls[$2] = $3; order[++n] = $2 }
    END { for (i = 1; i <= n; i++) printf "%s\t%s\t%s\n", order[i], instructions[order[i]], calls[order[i]] }
' >"$dir/now"

if [ "${1:-}" = --table ]; then
    cat "$dir/now"
    exit 0
fi
awk -F '\t' '
    FNR == NR { if ($0 !~ /^#/) { instructions[$1] = $2; calls[$1] = $3; rows++ } next }
    {
        seen++
        if (!($1 in calls)) { printf "costs: %s: not in the table\n", $1; bad = 1; next }
        ok = $2 != "" && $2 <= 1.1 * instructions[$1] && $3 <= 1.1 * calls[$1] + 0.02
        printf "%s %-16s %8d instructions (table %d), %.2f system calls (table %.2f)\n",
            ok ? "ok  " : "MORE", $1, $2, instructions[$1], $3, calls[$1]
        bad = bad || !ok
    }
    END {
        if (seen != rows) { printf "costs: %d kinds measured, %d in the table\n", seen, rows; bad = 1 }
        exit bad
    }' "$table" "$dir/now" || {
    echo "costs: a call costs more than tests/data/costs.tsv allows (tests/costs.sh --table prints what it is now)"
    exit 1
}
