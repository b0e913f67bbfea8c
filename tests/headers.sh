#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every public header compiles alone and included twice, in C and C++ of several ages,
# without a warning; so do a program that names every identifier of
# data/t1-identifiers.txt and the legacy programs in data/shapes. Installed are exactly the
# headers that there are.
set -u
LC_ALL=C
export LC_ALL
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
awk=${AWK:-awk}
work=$(mktemp -d "${TMPDIR:-/tmp}/headers.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
include=$top/include/clovis
common="-D_GNU_SOURCE -I$work -I$include -I$include/ipi -fsyntax-only -Werror"
strict="-Wall -Wextra -Wundef -Wshadow -Wstrict-prototypes -Wwrite-strings"

. "$top/tests/compilers.sh"
c_compilers=$(compilers "${CC:-cc}" gcc clang $(numbered gcc clang))
cxx_compilers=$(compilers "${CXX:-c++}" g++ clang++ $(numbered g++ clang++))

headers=$(cd "$include" && ls *.h ipi/*.h)
for h in $headers; do
    unit=$work/$(basename "$h" .h)
    printf '#include "%s"\n#include "%s"\nextern int clovis_unit;\n' "$h" "$h" >"$unit.c"
    cp "$unit.c" "$unit.cc"
done
# all of them in one, forwards and backwards
for h in $headers; do echo "#include \"$h\""; done >"$work/all.h"
mkdir "$work/names"
{ cat "$work/all.h"; sort -r "$work/all.h"; echo 'extern int clovis_unit;'; } >"$work/names/all.c"
cp "$work/names/all.c" "$work/names/all.cc"
$awk -f "$top/tests/identifiers.awk" "$top/tests/data/t1-identifiers.txt" \
    >"$work/names/identifiers.c" || exit 99
cp "$work/names/identifiers.c" "$work/names/identifiers.cc"

# check WHAT COMPILER FLAGS FILE...: a failure goes to its own log, with WHAT before it
n=0
check()
{
    what=$1
    compiler=$2
    flags=$3
    shift 3
    n=$((n + 1))
    # shellcheck disable=SC2086
    if ! $compiler $common $flags "$@" >"$work/$n.out" 2>&1; then
        { echo "headers: $what does not pass $compiler $flags"; cat "$work/$n.out"; } \
            >"$work/$n.failed"
    fi
}

# Whether a header needs another one first does not depend on the dialect: one each is
# compiled alone by the first compiler, and all together by every compiler in every one.
first_c=$(echo "$c_compilers" | head -1)
first_cxx=$(echo "$cxx_compilers" | head -1)
[ -n "$first_c" ] || { echo "headers: no C compiler (CC=${CC:-})"; exit 99; }
check 'a header alone' "$first_c" "-std=c99 -pedantic $strict" "$work"/*.c
[ -z "$first_cxx" ] || check 'a header alone' "$first_cxx" "-std=c++11 -pedantic -Wall -Wextra -Wundef" \
    "$work"/*.cc
for cc in $c_compilers; do
    for flags in "-std=c99 -pedantic" "-std=gnu89" "-std=gnu99" "-std=gnu11" "-std=gnu17" \
        "-std=c99 -pedantic -DCLOVIS_NAMES_SA"; do
        check 'the header set' "$cc" "$flags $strict" "$work/names/all.c"
    done
    for flags in -std=c99 -std=gnu89 -std=gnu17 "-std=c99 -DCLOVIS_NAMES_SA"; do
        check 'the list of identifiers' "$cc" "$flags -Wall -Wno-cast-function-type" \
            "$work/names/identifiers.c"
    done
    # a parameter list that is empty is the habit of these programs
    for flags in "-std=c99 -Wall -Wno-format-security" \
        "-std=c99 -pedantic -Wall -Wno-format-security" "-std=gnu89 -Wall" "-std=gnu17 -Wall"; do
        check 'a legacy program' "$cc" "$flags -Wno-strict-prototypes" \
            "$top/tests/data/shapes/gen1_5x.c" "$top/tests/data/shapes/saf_6x.c"
        check 'a legacy program' "$cc" "$flags -Wno-strict-prototypes -DCLOVIS_NAMES_SA" \
            "$top/tests/data/shapes/names_61.c" "$top/tests/data/shapes/saf_6x.c"
    done
done
for cxx in $cxx_compilers; do
    for flags in "-std=c++11 -pedantic" "-std=c++17" "-std=c++17 -DCLOVIS_NAMES_SA"; do
        check 'the header set' "$cxx" "$flags -Wall -Wextra -Wundef" "$work/names/all.cc"
    done
    for flags in -std=c++11 -std=gnu++17 "-std=c++11 -DCLOVIS_NAMES_SA"; do
        check 'the list of identifiers' "$cxx" "$flags -Wall -Wno-cast-function-type" \
            "$work/names/identifiers.cc"
    done
done

# An include path of the parent directory alone is enough.
printf '#include <clovis/clCpmApi.h>\n#include <clovis/ipi/clCkptIpi.h>\n' >"$work/parent.c"
for cc in $c_compilers; do
    if ! $cc -std=c99 -D_GNU_SOURCE -I"$top/include" -fsyntax-only -Werror "$work/parent.c" \
        >"$work/parent.out" 2>&1; then
        { echo "headers: <clovis/...> does not pass $cc"; cat "$work/parent.out"; } \
            >"$work/parent.failed"
    fi
done

sed -n 's|^[[:space:]]*%D%/clovis/\([A-Za-z0-9/]*\.h\).*|\1|p' "$top/include/local.mk" |
    sort >"$work/installed"
echo "$headers" | sort >"$work/there"
if ! diff "$work/there" "$work/installed" >"$work/diff"; then
    { echo "headers: include/local.mk does not install what is there:"; cat "$work/diff"; } \
        >"$work/installed.failed"
fi

if ls "$work"/*.failed >/dev/null 2>&1; then
    cat "$work"/*.failed
    exit 1
fi
echo "headers: $(echo "$headers" | wc -l) headers pass with" $c_compilers $cxx_compilers
