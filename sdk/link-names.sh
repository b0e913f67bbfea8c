#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make, or with --remove take away, the legacy library names.
# Usage: link-names.sh [--remove] NAMES LIBDIR INCLUDEDIR AR [DESTDIR]
#   LIBDIR/clovis/lib*.so, lib*.a   what -L wants; lib and include: the tree in which a
#                                   makefile looks for both
#   LIBDIR/clovis/runtime/lib*.so   the same names for the loader: each is libclovis
set -eu
remove=
if [ "$1" = --remove ]; then
    remove=yes
    shift
fi
names=$1
libdir=${5:-}$2
includedir=${5:-}$3
ar=$4
dir=$libdir/clovis

link() { ln -sf "$1" "$2"; }
empty_archive() {
    rm -f "$1"
    $ar crD "$1"
}

if [ -n "$remove" ]; then
    grep -v '^#' "$names" | while read -r name _; do
        rm -f "$dir/lib$name.so" "$dir/lib$name.a" "$dir/runtime/lib$name.so"
    done
    rm -f "$dir/libclovis.so" "$dir/libclovis-main.a" "$dir/lib" "$dir/include"
    for d in "$dir/runtime" "$dir"; do
        [ ! -d "$d" ] || rmdir "$d"
    done
    exit 0
fi

mkdir -p "$dir/runtime"
link ../libclovis.so.1 "$dir/libclovis.so"
link ../libclovis-main.a "$dir/libclovis-main.a"
link . "$dir/lib"
link "$(realpath -m --relative-to="$dir" "$includedir/clovis")" "$dir/include"
grep -v '^#' "$names" | while read -r name kind; do
    case $kind in
    all | so)
        link ../libclovis.so.1 "$dir/lib$name.so"
        link ../../libclovis.so.1 "$dir/runtime/lib$name.so"
        [ "$kind" = so ] || empty_archive "$dir/lib$name.a"
        ;;
    main) link ../libclovis-main.a "$dir/lib$name.a" ;;
    eo) # a script for the linker, which takes main() only if the program has none
        echo 'INPUT(-lclovis-main -lclovis)' >"$dir/lib$name.so"
        link ../../libclovis.so.1 "$dir/runtime/lib$name.so"
        empty_archive "$dir/lib$name.a"
        ;;
    a) empty_archive "$dir/lib$name.a" ;;
    *) echo "link-names: $names: unknown kind '$kind', expected all main eo so a" >&2; exit 1 ;;
    esac
done
