# SPDX-License-Identifier: Apache-2.0
# Make a C file of compile-time checks from the tables of the binary interface, one row
# one check. A #line before each points the compiler's message at the row.
#   awk -v want=covered|uncovered|rows [-v names=sa] [-v language=c++] -f abi.awk abi-uncovered.txt constants.tsv abi-x86_64.tsv
# want=covered: the rows that no pattern of abi-uncovered.txt names; uncovered: the
# others; rows: no C, but each row's id, a tab, and the reason or nothing. In C++ the
# sizes, offsets and values are checked; for the types of members C is enough.

# The reason for leaving a row out, or "". Patterns match whole ids.
function reason_of(row,    i)
{
    for (i = 1; i <= n_patterns; i++)
        if (row ~ ("^(" pattern[i] ")$")) {
            used[i] = 1
            return reason[i]
        }
    return ""
}

function selected(row,    why)
{
    why = reason_of(row)
    if (want == "rows")
        printf "%s\t%s\n", row, why
    return want != "rows" && (why == "") == (want == "covered")
}

function emit(check)
{
    printf "#line %d \"%s\"\n%s\n", FNR, FILENAME, check
}

function assert_that(condition, row)
{
    return (language == "c++" ? "static_assert(" : "_Static_assert(") condition ", \"" row "\");"
}

# "T" or "A | B", where A and B may carry "int:" or "pointer:": compatible with any of them.
function type_is(expression, types,    n, i, part, out)
{
    n = split(types, part, / \| /)
    for (i = 1; i <= n; i++) {
        sub(/^(int|pointer):/, "", part[i])
        out = out (i > 1 ? " || " : "") \
            "__builtin_types_compatible_p(" expression ", " part[i] ")"
    }
    return "(" out ")"
}

# A tag inside a structure is known in C++ by the structure's name only.
function scoped(tag)
{
    if (language != "c++")
        return tag
    if (tag == "shared_lock")
        return "ClOsalMutexT::" tag
    if (tag == "ClSem")
        return "ClOsalMutexT::shared_lock::" tag
    return tag
}

BEGIN {
    FS = "\t"
    if (want != "rows") {
        print "#include <stddef.h>"
        print "#include \"all.h\""
    }
}

FNR == 1 { table++ }

table == 1 {
    if ($0 !~ /^#/ && NF >= 2) {
        pattern[++n_patterns] = $1
        reason[n_patterns] = $2
        line[n_patterns] = FNR
    }
    next
}

FNR == 1 { next }

# name value header era
table == 2 {
    row = $3 ":" $1 "@" $4
    if (!selected(row))
        next
    if ($2 ~ /^"/)
        emit(assert_that("__builtin_strcmp(" $1 ", " $2 ") == 0", row))
    else if ($2 ~ /^\{/)
        emit(assert_that("sizeof((const void *[]) " $1 ") == sizeof((const void *[]) " $2 ")", row))
    else if ($2 ~ /^-/)
        emit(assert_that("(" $1 ") < 0 && (long long)(" $1 ") == " $2 "LL", row))
    else
        emit(assert_that("(unsigned long long)(" $1 ") == " $2 "ULL", row))
    next
}

# struct member offset size era type header
{
    row = $7 ":" $1 ($2 == "-" ? "" : "." $2) "@" $5
    if ($2 == "-")
        kind[$1] = $6
    if (!selected(row))
        next
    type = $1
    if (type !~ /T$/)
        type = (kind[$1] == "union" ? "union " : "struct ") scoped(type)
    if ($2 == "-") {
        check = "sizeof(" type ") == " $4
        if (language != "c++" && $6 ~ /^(int|pointer):/)
            check = check " && " type_is(type, $6)
    } else {
        check = "offsetof(" type ", " $2 ") == " $3 " && sizeof(((" type " *)0)->" $2 ") == " $4
        if (language != "c++" && $6 !~ /^(struct|union|enum)$/ && !(names == "sa" && $1 == "ClNameT"))
            check = check " && " type_is("__typeof__(((" type " *)0)->" $2 ")", $6)
    }
    emit(assert_that(check, row))
}

END {
    for (i = 1; i <= n_patterns; i++)
        if (!used[i]) {
            printf "abi-uncovered.txt:%d: no row matches %s\n", line[i], pattern[i] > "/dev/stderr"
            bad = 1
        }
    exit bad
}
