# SPDX-License-Identifier: Apache-2.0
# Make a C or C++ file that names every identifier of t1-identifiers.txt.
BEGIN {
    FS = "\t"
    print "#include \"all.h\""
    print "typedef void (*fn)(void);"
    print "void name_all(void);"
    print "void name_all(void)"
    print "{"
}
/^#/ { next }
{ printf "#line %d \"%s\"\n", FNR, FILENAME }
$1 == "function" { printf "    { fn f = (fn)%s; (void)f; }\n", $2; next }
$1 == "data" { printf "    (void)&%s;\n", $2; next }
$1 == "type" { printf "    (void)sizeof(%s);\n", $2; next }
$1 == "pointer" { printf "    { %s *p = NULL; (void)p; }\n", $2; next }
$1 == "value" { printf "    (void)(%s);\n", $2; next }
$1 == "macro" { printf "#ifndef %s\n#error %s is not a macro\n#endif\n", $2, $2; next }
{ printf "#error unknown kind %s\n", $1 }
END { print "}" }
