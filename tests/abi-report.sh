#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compare the public headers with the tables of the binary interface (data/README.md) and
# print what is covered. Fails when a row that abi-uncovered.txt does not name does not
# hold, when one that it names does, and when a pattern there matches nothing.
set -u
LC_ALL=C
export LC_ALL
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
cc=${CC:-cc}
awk=${AWK:-awk}
# gcc and clang name the same wish differently
case $($cc --version 2>/dev/null) in *clang*) all_errors=-ferror-limit=0 ;; *) all_errors=-fmax-errors=0 ;; esac
work=$(mktemp -d "${TMPDIR:-/tmp}/abi.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

case $($cc -dumpmachine 2>/dev/null) in
x86_64*linux-gnu) ;;
*) echo "abi-report: the tables are for x86-64 with glibc, $cc is for another machine"; exit 77 ;;
esac

cd "$top/tests/data" || exit 99
tables='abi-uncovered.txt constants.tsv abi-x86_64.tsv'
(cd "$top/include/clovis" && ls *.h ipi/*.h) | sed 's/.*/#include "&"/' >"$work/all.h"

# compile NAME OPTION...: messages of the compiler, one line each, to NAME.log
compile()
{
    name=$1
    shift
    $cc -std=gnu11 -D_GNU_SOURCE -I"$work" -I"$top/include/clovis" \
        -I"$top/include/clovis/ipi" $all_errors -fsyntax-only "$@" "$work/$name.c" \
        >"$work/$name.out" 2>&1
    rc=$?
    grep -E '(error|warning): ' "$work/$name.out" >"$work/$name.log"
    return $rc
}

$awk -v want=covered -f "$top/tests/abi.awk" $tables >"$work/covered.c" || failed=1
$awk -v want=covered -v names=sa -f "$top/tests/abi.awk" $tables >"$work/names-sa.c" || failed=1
$awk -v want=uncovered -f "$top/tests/abi.awk" $tables >"$work/uncovered.c" || failed=1
$awk -v want=rows -f "$top/tests/abi.awk" $tables >"$work/rows" || failed=1

for mode in covered 'names-sa -DCLOVIS_NAMES_SA'; do
    if ! compile $mode; then
        echo "abi-report: rows that the headers contradict or lack ($mode):"
        cat "$work/${mode%% *}.log"
        failed=1
    fi
done

# Every check of uncovered.c has to fail.
compile uncovered
sed -n 's/^\([a-z0-9_-]*\.tsv\):\([0-9]*\):.*error: .*/\1:\2/p' "$work/uncovered.log" |
    sort -u >"$work/failing"
sed -n 's/^#line \([0-9]*\) "\(.*\)"/\2:\1/p' "$work/uncovered.c" | sort -u >"$work/listed"
comm -23 "$work/listed" "$work/failing" >"$work/listed-but-covered"
if [ -s "$work/listed-but-covered" ]; then
    echo "abi-report: rows that abi-uncovered.txt names and the headers cover:"
    while IFS=: read -r file n; do
        echo "$file:$n: $(sed -n "${n}p" "$file")"
    done <"$work/listed-but-covered"
    failed=1
fi

$awk -F '\t' '
    { all++; if ($2 == "") n++; else { count[$2]++ } }
    END {
        printf "covered %d of %d rows; not covered %d:\n", n, all, all - n
        for (why in count)
            printf "%5d  %s\n", count[why], why | "sort -rn"
    }' "$work/rows"
exit $failed
