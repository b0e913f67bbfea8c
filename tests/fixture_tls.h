/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for tests, made by openssl(1) in a directory of the test. */
#ifndef FIXTURE_TLS_H
#define FIXTURE_TLS_H

#include <stdbool.h>

/*
 * Make, each with its .key:
 *   ca.crt, other.crt   two authorities that know nothing of each other
 *   server.crt          of ca, for 127.0.0.1, ::1 and localhost
 *   lasting.crt         the same for long; the others end in two days
 *   elsewhere.crt       of ca, for another name
 *   expired.crt         of ca, until yesterday
 *   renewed.crt         of other, for 127.0.0.1, ::1 and localhost
 *   client.crt          of ca; stranger.crt of other
 * Aborts the test when that fails. Returns the directory, static storage.
 */
const char *tls_certs_make(void);

/* The path of one of them; static storage for eight at a time. */
const char *tls_cert(const char *name);

#endif
