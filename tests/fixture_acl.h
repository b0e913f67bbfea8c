/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests under the rights of a real user: with CLV_TEST_ACL=FILE in the environment every
 * server of a test is started with a copy of that file of users, the client logs in as
 * "clovis", and what that user was denied and what it used is appended to FILE.denied and
 * FILE.used. The tests' own connections are the default user's.
 */
#ifndef FIXTURE_ACL_H
#define FIXTURE_ACL_H

#include <stddef.h>

#include "fixture_redis.h"

#define FIXTURE_ACL_PASSWORD "test-password-Zq7"

/* Further arguments for the server, or none; returns how many were put at argv. In the
 * process that becomes the server. */
size_t fixture_acl_args(const struct redis *r, const char **argv);

/* Let the client of this process and of its children be that user. */
void fixture_acl_login(void);

/* Before a server is killed. */
void fixture_acl_note(const struct redis *r);

/* Write the users of the shipped file, each with FIXTURE_ACL_PASSWORD, to path; with the
 * default user's line as given, NULL: as shipped. Aborts the test when that fails. */
void fixture_acl_make(const char *shipped, const char *path, const char *default_user);

#endif
