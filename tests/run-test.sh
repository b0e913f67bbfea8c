#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: run-test.sh COMMAND [ARG...]
# Runs one test: TEST_LIMIT seconds at most (default 240), in a private TMPDIR that
# is removed afterwards, and any sanitizer report is a failure (Criterion would
# print a leak report and pass).
set -u
limit=${TEST_LIMIT:-240}
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/clv-test.XXXXXX") || exit 99
export TMPDIR
for last in "$@"; do :; done
name=$(basename "$last" .sh)
LSAN_OPTIONS="log_path=$TMPDIR/report.lsan:${LSAN_OPTIONS:-}"
ASAN_OPTIONS="log_path=$TMPDIR/report.asan:${ASAN_OPTIONS:-}"
UBSAN_OPTIONS="print_stacktrace=1:log_path=$TMPDIR/report.ubsan:${UBSAN_OPTIONS:-}"
TSAN_OPTIONS="log_path=$TMPDIR/report.tsan:${TSAN_OPTIONS:-}"
export LSAN_OPTIONS ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS
# no settings of the developer's own session reach a test
for v in $(env | sed -n 's/^\(CLOVIS_[A-Z_]*\|ASP_[A-Z_]*\)=.*/\1/p'); do unset "$v"; done
CLOVIS_CONF=/dev/null
export CLOVIS_CONF

timeout -k 5 "$limit" "$@"
rc=$?
if [ "$rc" -eq 124 ] || [ "$rc" -eq 137 ]; then
    echo "$name: killed after $limit seconds" >&2
fi
for report in "$TMPDIR"/report.*; do
    [ -e "$report" ] || continue
    # a thread that ends while the leak checker stops all of them is no finding
    grep -qv '^==[0-9]*==Unable to get registers from thread [0-9]*\.$' "$report" || continue
    echo "$name: sanitizer report:" >&2
    cat "$report" >&2
    rc=1
done
rm -rf "$TMPDIR"
exit "$rc"
