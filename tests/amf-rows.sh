#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each row of doc/amf-rows.tsv has tests that are there, or says why it has none; each
# trap_NN of the tests is in the list.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cd "$top_srcdir/tests"
# FILE:NAME and test_SUITE:NAME of each Test(SUITE, NAME)
for f in ./*.c; do
    base=$(basename "$f" .c)
    grep -oE '^Test\([a-z0-9_]+, *[a-z0-9_]+' "$f" |
        sed -E "s/^Test\\(([a-z0-9_]+), *([a-z0-9_]+)/$base:\\2 test_\\1:\\2/" || true
done | tr ' ' '\n' | sort -u >"$tmp/there"

awk -F '\t' -v there="$tmp/there" '
function fail(text) { print "amf-rows: " text; bad = 1 }
BEGIN {
    while ((getline line < there) > 0) {
        test[line] = 1
        if (match(line, /:trap_[0-9][0-9]/) && line ~ /^(test_amf|test_cpm|it_cpm)_(traps|gen1):/)
            trap[substr(line, RSTART + 1, 7)] = 1
    }
}
/^#/ { next }
NF != 3 || $2 == "" { fail($1 ": expected three columns"); next }
$1 in seen { fail($1 ": two rows") }
{
    seen[$1] = 1
    n++
    if ($3 ~ /^- ./)
        next
    parts = split($3, part, " ")
    for (i = 1; i <= parts; i++)
        if (!(part[i] in test))
            fail($1 ": there is no test " part[i])
}
END {
    for (t in trap)
        if (!(t in seen))
            fail(t ": a test names it, the list does not")
    for (i = 1; i <= 30; i++)
        if (!(sprintf("trap_%02d", i) in seen))
            fail(sprintf("trap_%02d is missing", i))
    print "amf-rows: " n " rows"
    exit bad
}' ../doc/amf-rows.tsv
