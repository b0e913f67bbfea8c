#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a call costs the process: instructions and system calls, counted by callgrind, so
# that the result does not depend on how busy the machine is. A change that is meant to
# cost more changes the table. Of the system calls, two are a send and a receive; the others
# read the clock, which is a system call under valgrind only.
set -eu
command -v valgrind >/dev/null || { echo "valgrind is not installed"; exit 77; }
case $(sed -n 's/^CFLAGS = //p' "$top_builddir/Makefile") in
*-fsanitize*) echo "a sanitizer's instructions are not counted"; exit 77 ;;
*-O2*) ;;
*) echo "the table is for -O2"; exit 77 ;;
esac

err=${TMPDIR:-/tmp}/calls.$$
trap 'rm -f "$err"' EXIT

cost() { # KIND N: instructions and system calls of a run
    "$top_srcdir/bench/run" "$top_builddir/libtool" --mode=execute \
        valgrind --tool=callgrind --collect-systime=yes --callgrind-out-file=/dev/null \
        "$top_builddir/tests/calls_app" "$1" "$2" 2>"$err" >&2 ||
        { cat "$err" >&2; return 1; }
    sed -n 's/^==[0-9]*== Collected : //p' "$err"
}

rc=0
while read -r kind instructions system; do
    few=$(cost "$kind" 500)
    many=$(cost "$kind" 2500)
    echo "$kind $few $many" | awk -v ir="$instructions" -v sys="$system" '{
        i = ($5 - $2) / 2000; s = ($6 - $3) / 2000
        printf "%s: %.0f instructions (at most %d), %.2f system calls (at most %s)\n",
               $1, i, ir, s, sys
        exit i > ir || s > sys }' || rc=1
done <<TABLE
overwrite 7600 6.1
read      4800 5.1
patch     11300 6.1
TABLE
exit $rc
