#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The library exports exactly the names of libclovis.map.
set -eu
map=$top_srcdir/src/shim/libclovis.map
lib=$top_builddir/.libs/libclovis.so
nm=${NM:-nm}

[ -e "$lib" ] || { echo "exports: no shared library here" >&2; exit 77; }
grep -q 'local:' "$map"
sed -n '/^global:/,/^local:/s/^ *\([A-Za-z_][A-Za-z0-9_]*\);.*/\1/p' "$map" | sort >"$TMPDIR/wanted"
$nm -D --defined-only "$lib" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$TMPDIR/there"
if ! diff "$TMPDIR/wanted" "$TMPDIR/there" >"$TMPDIR/diff"; then
    echo "exports: '<' is in libclovis.map only, '>' is exported only:" >&2
    cat "$TMPDIR/diff" >&2
    exit 1
fi
soname=$(objdump -p "$lib" | awk '$1 == "SONAME" { print $2 }')
[ "$soname" = libclovis.so.1 ] || { echo "exports: soname is $soname" >&2; exit 1; }
echo "exports: $(wc -l <"$TMPDIR/there") names, $soname"
