# SPDX-License-Identifier: Apache-2.0
# awk -v alias=NAME -f alias.awk PAGE...: a page that refers to the one among the given
# that has NAME in its NAME section; fails when there is none.
/^\.SH/ { in_name = $2 == "NAME" }
in_name && !found {
    names = $0
    sub(/ \\- .*/, "", names)
    n = split(names, name, /, */)
    for (i = 1; i <= n; i++)
        if (name[i] == alias) {
            found = FILENAME
            sub(/.*\//, "", found)
        }
}
END {
    if (!found)
        exit 1
    print ".so man3/" found
}
