# SPDX-License-Identifier: Apache-2.0
# Turn *.lua into C string literals: a macro LUA_<file name> each, without the comments.
FNR == 1 {
    if (open)
        print "\"\"\n"
    open = 1
    name = FILENAME
    sub(/^.*\//, "", name)
    sub(/\.lua$/, "", name)
    printf "#define LUA_%s \\\n", name
}
/^[ ]*(--|$)/ { next }
{
    sub(/^[ ]+/, "")
    gsub(/[\\"]/, "\\\\&")
    printf "    \"%s\\n\" \\\n", $0
}
END { print "\"\"" }
