dnl SPDX-License-Identifier: Apache-2.0
dnl CLV_COMPILER_FLAG(FLAG, IF-KNOWN, IF-NOT): does the C compiler take FLAG without a complaint?
AC_DEFUN([CLV_COMPILER_FLAG], [
  AC_MSG_CHECKING([whether $CC takes $1])
  clv_saved_cflags=$CFLAGS
  CFLAGS="$CFLAGS -Werror $1"
  AC_COMPILE_IFELSE([AC_LANG_SOURCE([int clv_probe;])], [clv_known=yes], [clv_known=no])
  CFLAGS=$clv_saved_cflags
  AC_MSG_RESULT([$clv_known])
  AS_IF([test $clv_known = yes], [$2], [$3])
])
