#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# doc/compatibility.md tells the truth: every function that a public header declares
# has one row there; "done" and "partly" are exported (or in libclovis-main),
# "not yet" is not.
set -eu
top=${top_srcdir:?}
doc=$top/doc/compatibility.md
map=$top/src/shim/libclovis.map
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

command -v gcc >/dev/null || { echo "SKIP: gcc -aux-info lists the declarations" >&2; exit 77; }

# prototypes of our own headers, by the compiler's own account
: >"$tmp/declared"
for h in "$top"/include/clovis/*.h "$top"/include/clovis/ipi/*.h; do
    printf '#include "%s"\n' "$h" >"$tmp/t.c"
    gcc -std=gnu11 -D_GNU_SOURCE -I"$top/include/clovis" -I"$top/include/clovis/ipi" \
        -aux-info "$tmp/aux" -c -o /dev/null "$tmp/t.c"
    sed -n "s,^/\* $top/include/clovis/[^*]*\*/ extern .*[ *]\([A-Za-z_][A-Za-z0-9_]*\) (.*,\1,p" \
        "$tmp/aux" >>"$tmp/declared"
done
sort -u -o "$tmp/declared" "$tmp/declared"
[ "$(wc -l <"$tmp/declared")" -gt 100 ] || { echo "no declarations found" >&2; exit 1; }

# | `name` | status | note |
sed -n 's/^| `\([A-Za-z_][A-Za-z0-9_]*\)` *| *\(done\|partly\|not yet\) *|.*/\1 \2/p' "$doc" |
    sort >"$tmp/rows"
cut -d' ' -f1 "$tmp/rows" | sort -u >"$tmp/listed"
sed -n 's/^ *\([A-Za-z_][A-Za-z0-9_]*\);.*/\1/p' "$map" | sort -u >"$tmp/exported"

rc=0
fail() { echo "$1: $2"; rc=1; }
for f in $(cut -d' ' -f1 "$tmp/rows" | uniq -d); do fail "$f" "two rows in compatibility.md"; done
for f in $(comm -23 "$tmp/declared" "$tmp/listed"); do fail "$f" "declared, but no row in compatibility.md"; done
while read -r f status; do
    if grep -qx "$f" "$tmp/exported"; then
        [ "$status" != "not yet" ] || fail "$f" "exported, but 'not yet' in compatibility.md"
    else
        [ "$status" = "not yet" ] || fail "$f" "'$status' in compatibility.md, but not exported"
    fi
done <"$tmp/rows"
exit $rc
