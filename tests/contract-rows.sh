#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# doc/contract-rows.tsv and the tests know each other: each row of the list has a test
# that is there and names the row, or refers to such rows, or says why it has no test;
# each row that a test names is in the list.
set -eu
tests=$top_srcdir/tests
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cd "$tests"
# file:NAME of each Test(suite, NAME) and TRAP(NAME)
grep -oE '^(Test\([a-z_]+, |TRAP\()[a-z0-9_]+' ./*.c |
    sed -E 's,^\./,,; s/\.c:(Test\([a-z_]+, |TRAP\()/:/' >"$tmp/there"
# file:ROW of each row that a test names
grep -oE '("|row |TRAP\(|^Test\([a-z_]+, )([A-Z][A-Za-z]*(\.[a-z0-9]+)?#[0-9]+|trap_[0-9][0-9])' \
    ckpt_rows_*.c test_ckpt_*.c it_ckpt_*.c test_errmap.c |
    sed -E 's/\.c:("|row |TRAP\(|Test\([a-z_]+, )/:/' | sort -u >"$tmp/named"

awk -F '\t' -v there="$tmp/there" -v named="$tmp/named" '
function fail(text) { print "contract-rows: " text; bad = 1 }
BEGIN {
    while ((getline line < there) > 0)
        test[line] = 1
    while ((getline line < named) > 0)
        names[line] = 1
}
/^#/ { next }
NF != 3 || $2 == "" { fail($1 ": expected three columns"); next }
$1 in where { fail($1 ": two rows") }
{ where[$1] = $3 }
END {
    for (id in where) {
        n++
        parts = split(where[id], part, " ")
        if (part[1] == "-" && parts > 1)
            continue
        if (part[1] == "=" && parts > 1) {
            for (i = 2; i <= parts; i++)
                if (!(part[i] in where))
                    fail(id ": refers to " part[i] ", which is no row")
            continue
        }
        own++
        for (i = 1; i <= parts; i++) {
            file = part[i]
            sub(/:.*/, "", file)
            if (!(part[i] in test))
                fail(id ": there is no test " part[i])
            if (!((file ":" id) in names))
                fail(id ": " file ".c does not name it")
        }
    }
    for (line in names) {
        id = line
        sub(/^[^:]*:/, "", id)
        if (!(id in where))
            fail(id ": named by a test, but not in the list")
    }
    if (n < 300)
        fail("only " n " rows, expected 300 and more")
    print "contract-rows: " n " rows, " own " with tests of their own"
    exit bad
}' ../doc/contract-rows.tsv
