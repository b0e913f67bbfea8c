#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every function and variable of data/t1-identifiers.txt is in the library: the program
# that names them all links, from C and from C++, and so do the legacy programs in
# data/shapes. What is not a function is checked by headers.sh.
set -u
top=${top_srcdir:?}
build=${top_builddir:?}
awk=${AWK:-awk}
. "$top/tests/compilers.sh"
cc=$(compilers "${CC:-cc}" | head -1)
cxx=$(compilers "${CXX:-c++}" | head -1)
lib=$build/.libs/libclovis.so
work=$(mktemp -d "${TMPDIR:-/tmp}/links.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT

[ -e "$lib" ] || { echo "links: no shared library here"; exit 77; }
(cd "$top/include/clovis" && ls *.h ipi/*.h) | sed 's/.*/#include "&"/' >"$work/all.h"
{
    $awk -f "$top/tests/identifiers.awk" "$top/tests/data/t1-identifiers.txt"
    printf 'int main(void) { name_all(); return 0; }\n'
} >"$work/names.c"
cp "$work/names.c" "$work/names.cc"

# links NAME COMPILER SOURCE ARCHIVE...
links()
{
    name=$1
    compiler=$2
    source=$3
    shift 3
    # LINK_FLAGS: what the library itself was linked with, a sanitizer for example
    # shellcheck disable=SC2086
    if ! $compiler -w -D_GNU_SOURCE -I"$work" -I"$top/include/clovis" -I"$top/include/clovis/ipi" \
        -o "$work/program" "$source" ${LINK_FLAGS:-} "$@" "$lib" -Wl,--export-dynamic \
        >"$work/out" 2>&1; then
        echo "links: $name does not link"
        cat "$work/out"
        failed=1
    fi
}

failed=0
links 'the list of identifiers (C)' "$cc" "$work/names.c"
[ -z "$cxx" ] || links 'the list of identifiers (C++)' "$cxx" "$work/names.cc"
# the program's own main() comes first, and the archive's stays out
links 'a list of identifiers that lists libclovis-main.a' "$cc" "$work/names.c" \
    "$build/libclovis-main.a"
links 'a program without main()' "$cc" "$top/tests/data/shapes/gen1_5x.c" \
    "$build/libclovis-main.a"
exit $failed
