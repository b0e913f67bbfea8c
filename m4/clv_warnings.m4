dnl SPDX-License-Identifier: Apache-2.0
dnl CLV_WARNINGS: the warning set of the project's own code; --enable-werror makes them fatal.
AC_DEFUN([CLV_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors (for development)])],
    [], [enable_werror=no])
  m4_foreach_w([clv_flag], [-Wall -Wextra -Wshadow -Wundef -Wpointer-arith -Wwrite-strings
    -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla],
    [CLV_COMPILER_FLAG(clv_flag, [CLV_CFLAGS="$CLV_CFLAGS clv_flag"])])
  AS_IF([test "x$enable_werror" = xyes], [CLV_CFLAGS="$CLV_CFLAGS -Werror"])
  AC_SUBST([CLV_CFLAGS])
])
