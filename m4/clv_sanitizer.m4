dnl SPDX-License-Identifier: Apache-2.0
dnl CLV_SANITIZER: --with-sanitizer=address,undefined or =thread.
AC_DEFUN([CLV_SANITIZER], [
  AC_ARG_WITH([sanitizer],
    [AS_HELP_STRING([--with-sanitizer=LIST], [build with -fsanitize=LIST (address,undefined or thread)])],
    [], [with_sanitizer=])
  AS_CASE([$with_sanitizer], [no], [with_sanitizer=],
    [yes], [AC_MSG_ERROR([--with-sanitizer wants a list, for example address,undefined])])
  AS_IF([test -n "$with_sanitizer"], [
    CLV_COMPILER_FLAG([-fsanitize=$with_sanitizer],
      [CLV_CFLAGS="$CLV_CFLAGS -fsanitize=$with_sanitizer -fno-omit-frame-pointer -fno-sanitize-recover=all"
       CLV_LDFLAGS="$CLV_LDFLAGS -fsanitize=$with_sanitizer"],
      [AC_MSG_ERROR([the compiler does not know -fsanitize=$with_sanitizer])])])
  AM_CONDITIONAL([WITH_SANITIZER], [test -n "$with_sanitizer"])
  AC_SUBST([CLV_LDFLAGS])
])
