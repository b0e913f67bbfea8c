/* SPDX-License-Identifier: Apache-2.0 */
/* main() for programs that bring none: it stands alone in libclovis-main.a, so that
 * a program with its own main() may list the archive, too. */
#include <clEoApi.h>

int main(int argc, char *argv[])
{
    return clEoInitialize(argc, argv) == CL_OK ? 0 : 1;
}
