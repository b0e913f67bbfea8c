/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_tls.h"

#include <stdio.h>
#include <stdlib.h>

static char dir[192];

/* clang-format off */
static const char script[] =
    "set -e; cd \"$0\"\n"
    "key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }\n"
    "ca() { key $1; openssl req -x509 -new -key $1.key -subj /CN=$1 -days 400 -out $1.crt; }\n"
    "leaf() {\n"
    "  key $1; openssl req -new -key $1.key -subj /CN=$1 -out $1.csr\n"
    "  printf 'subjectAltName=%s\\n' \"$4\" >$1.ext\n"
    "  openssl x509 -req -in $1.csr -CA $2.crt -CAkey $2.key -CAcreateserial -days $3 \\\n"
    "    -extfile $1.ext -out $1.crt\n"
    "}\n"
    "ca ca; ca other\n"
    "leaf server ca 2 IP:127.0.0.1,IP:::1,DNS:localhost\n"
    "leaf lasting ca 300 IP:127.0.0.1,DNS:localhost\n"
    "leaf elsewhere ca 2 DNS:elsewhere\n"
    "leaf expired ca -1 IP:127.0.0.1,DNS:localhost\n"
    "leaf renewed other 2 IP:127.0.0.1,IP:::1,DNS:localhost\n"
    "leaf client ca 2 DNS:client\n"
    "leaf stranger other 2 DNS:client\n";
/* clang-format on */

const char *tls_certs_make(void)
{
    const char *tmp = getenv("TMPDIR");
    char command[600];

    snprintf(dir, sizeof(dir), "%s/tls.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(dir))
        abort();
    setenv("TLS_SCRIPT", script, 1);
    snprintf(command, sizeof(command), "sh -c \"$TLS_SCRIPT\" %s >%s/log 2>&1", dir, dir);
    if (system(command)) {
        fprintf(stderr, "fixture: openssl fails, see %s/log\n", dir);
        abort();
    }
    return dir;
}

const char *tls_cert(const char *name)
{
    static char paths[8][256];
    static unsigned n;
    char *path = paths[n++ % 8];

    snprintf(path, 256, "%s/%s", dir, name);
    return path;
}
