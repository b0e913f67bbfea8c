#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compare the public headers with the tables of the binary interface (data/README.md) and
# print what is covered. Fails when a row that abi-uncovered.txt does not name does not
# hold for one of the compilers, in C or in C++, when one that it names does, and when a
# pattern there matches nothing.
set -u
LC_ALL=C
export LC_ALL
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
awk=${AWK:-awk}
. "$top/tests/compilers.sh"
c_compilers=$(compilers "${CC:-cc}" gcc clang $(numbered gcc clang))
cxx_compilers=$(compilers "${CXX:-c++}" g++ clang++ $(numbered g++ clang++))
cc=$(echo "$c_compilers" | head -1)
[ -n "$cc" ] || { echo "abi-report: no C compiler (CC=${CC:-})"; exit 99; }
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

# compile COMPILER FILE OPTION...: messages of the compiler, one line each, to FILE.log
compile()
{
    compiler=$1
    file=$2
    shift 2
    # gcc and clang name the same wish differently
    case $($compiler --version) in *clang*) all=-ferror-limit=0 ;; *) all=-fmax-errors=0 ;; esac
    case $file in *.cc) std=-std=gnu++11 ;; *) std=-std=gnu11 ;; esac
    $compiler $std -D_GNU_SOURCE -I"$work" -I"$top/include/clovis" \
        -I"$top/include/clovis/ipi" $all -fsyntax-only "$@" "$work/$file" \
        >"$work/$file.out" 2>&1
    rc=$?
    grep -E '(error|warning): ' "$work/$file.out" >"$work/$file.log"
    return $rc
}

# holds COMPILER FILE OPTION...: every check of FILE passes
holds()
{
    if ! compile "$@"; then
        echo "abi-report: rows that the headers contradict or lack ($*):"
        cat "$work/$2.log"
        failed=1
    fi
}

$awk -v want=covered -f "$top/tests/abi.awk" $tables >"$work/covered.c" || failed=1
$awk -v want=covered -v names=sa -f "$top/tests/abi.awk" $tables >"$work/names-sa.c" || failed=1
$awk -v want=covered -v language=c++ -f "$top/tests/abi.awk" $tables >"$work/covered.cc" || failed=1
$awk -v want=uncovered -f "$top/tests/abi.awk" $tables >"$work/uncovered.c" || failed=1
$awk -v want=rows -f "$top/tests/abi.awk" $tables >"$work/rows" || failed=1

for c in $c_compilers; do
    holds "$c" covered.c
    holds "$c" names-sa.c -DCLOVIS_NAMES_SA
done
for c in $cxx_compilers; do
    holds "$c" covered.cc
    holds "$c" covered.cc -DCLOVIS_NAMES_SA
done

# Every check of uncovered.c has to fail.
compile "$cc" uncovered.c
sed -n 's/^\([a-z0-9_-]*\.tsv\):\([0-9]*\):.*error: .*/\1:\2/p' "$work/uncovered.c.log" |
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

$awk -F '\t' -v compilers="$(echo $c_compilers $cxx_compilers)" '
    { all++; if ($2 == "") n++; else { count[$2]++ } }
    END {
        printf "covered %d of %d rows with %s; not covered %d:\n", n, all, compilers, all - n
        for (why in count)
            printf "%5d  %s\n", count[why], why | "sort -rn"
    }' "$work/rows"
exit $failed
