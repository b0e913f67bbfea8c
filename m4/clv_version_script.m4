dnl SPDX-License-Identifier: Apache-2.0
dnl CLV_VERSION_SCRIPT: whether the linker takes a version script.
AC_DEFUN([CLV_VERSION_SCRIPT], [
  AC_CACHE_CHECK([whether the linker takes a version script], [clv_cv_version_script], [
    clv_save="$LDFLAGS"
    printf 'CLV_1 { global: main; local: *; };\n' > conftest.map
    LDFLAGS="$LDFLAGS -Wl,--version-script=conftest.map"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [clv_cv_version_script=yes], [clv_cv_version_script=no])
    LDFLAGS="$clv_save"
    rm -f conftest.map])
  AM_CONDITIONAL([HAVE_VERSION_SCRIPT], [test "$clv_cv_version_script" = yes])
])
