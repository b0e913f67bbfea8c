/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_script.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

#include "backend-redis/rds_lua.inc"

enum { DIGEST_BYTES = 20 };

#define SCRIPT_TEXT(name, before) before LUA_##name,
static const char *const texts[] = {RDS_SCRIPTS(SCRIPT_TEXT)};
#undef SCRIPT_TEXT

/* Put before each. */
static const char *const heads[2] = {"local CLUSTER = false\n", "local CLUSTER = true\n"};

static struct {
    pthread_once_t once;
    bool ok;
    bool clustered;
    char hex[2][RDS_SCRIPT_N][2 * DIGEST_BYTES + 1];
} digests = {.once = PTHREAD_ONCE_INIT};

static bool digest_make(const char *head, const char *text, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *sha = EVP_MD_CTX_new();
    unsigned int n = 0, i;
    bool ok;

    ok = sha && EVP_DigestInit_ex(sha, EVP_sha1(), NULL) &&
         EVP_DigestUpdate(sha, head, strlen(head)) &&
         EVP_DigestUpdate(sha, text, strlen(text)) && EVP_DigestFinal_ex(sha, raw, &n);
    EVP_MD_CTX_free(sha);
    if (!ok || n != DIGEST_BYTES)
        return false;
    for (i = 0; i < n; i++) {
        hex[2 * i] = digits[raw[i] >> 4];
        hex[2 * i + 1] = digits[raw[i] & 15];
    }
    return true;
}

static void digests_make(void)
{
    size_t i;

    digests.ok = true;
    for (i = 0; i < RDS_SCRIPT_N; i++)
        digests.ok = digests.ok && digest_make(heads[0], texts[i], digests.hex[0][i]) &&
                     digest_make(heads[1], texts[i], digests.hex[1][i]);
}

void rds_script_setting(bool clustered)
{
    digests.clustered = clustered;
}

bool rds_script_setup(void)
{
    pthread_once(&digests.once, digests_make);
    return digests.ok;
}

void rds_script_call(struct rds_req *req, enum rds_script which, size_t n_keys,
                     size_t n_args)
{
    rds_req_command(req, 3 + n_keys + n_args);
    rds_req_text(req, "EVALSHA");
    rds_req_arg(req, (struct clv_bytes){digests.hex[digests.clustered][which],
                                        2 * (size_t)DIGEST_BYTES});
    rds_req_int(req, (int64_t)n_keys);
}

void rds_script_load(struct rds_req *req)
{
    const char *head = heads[digests.clustered];
    size_t i;

    for (i = 0; i < RDS_SCRIPT_N; i++) {
        rds_req_command(req, 3);
        rds_req_text(req, "SCRIPT");
        rds_req_text(req, "LOAD");
        rds_req_pair(req, (struct clv_bytes){head, strlen(head)},
                     (struct clv_bytes){texts[i], strlen(texts[i])});
    }
}
