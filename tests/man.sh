#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages: roff without a warning, a page or an alias for each function of the
# checkpoint service that the library exports, and no alias that leads nowhere.
set -eu
pages=$top_srcdir/doc/man
aliases=$top_builddir/doc/man
map=$top_srcdir/src/shim/libclovis.map
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
rc=0
fail() { echo "man: $*" >&2; rc=1; }

command -v man >/dev/null && command -v groff >/dev/null ||
    { echo "SKIP: man and groff are needed" >&2; exit 77; }
n=0
for page in "$pages"/*.3 "$top_srcdir"/src/tools/*.1 "$top_srcdir"/src/amf/*.8 \
    "$top_srcdir"/sdk/*.1; do
    LC_ALL=C.UTF-8 MANWIDTH=80 MANROFFOPT='' man --warnings -E UTF-8 -Tutf8 -Z -l "$page" \
        2>"$tmp/warnings" >"$tmp/out" || fail "$page: man fails"
    [ ! -s "$tmp/warnings" ] || { cat "$tmp/warnings" >&2; fail "$page: warnings"; }
    [ -s "$tmp/out" ] || fail "$page: empty"
    n=$((n + 1))
done

# what the pages are about
sed -n '/^\.SH NAME/,/^\.SH SYNOPSIS/{/^\.SH/d; s/ \\- .*//; s/, */\n/g; p}' "$pages"/*.3 |
    sort >"$tmp/named"
for name in $(uniq -d "$tmp/named"); do fail "$name: in two pages"; done
grep -oE '\b(cl|sa)Ckpt[A-Za-z]+;' "$map" | tr -d ';' | sort >"$tmp/exported"
for name in $(comm -13 "$tmp/named" "$tmp/exported"); do fail "$name: exported, but in no page"; done
for name in $(comm -23 "$tmp/named" "$tmp/exported"); do
    [ "$name" = saCkpt ] || fail "$name: in a page, but not exported"
done
while read -r name; do
    [ -e "$pages/$name.3" ] || [ -e "$aliases/$name.3" ] || fail "$name: neither page nor alias"
done <"$tmp/named"
for alias in "$aliases"/*.3; do
    target=$(sed -n 's,^\.so man3/,,p' "$alias")
    [ -z "$target" ] || [ -e "$pages/$target" ] || fail "$alias: there is no page $target"
done
[ "$rc" -ne 0 ] || echo "man: $n pages, $(wc -l <"$tmp/named") names"
exit $rc
