/* SPDX-License-Identifier: Apache-2.0 */
/* Who has to acknowledge: rows of looks at the master, in virtual time. */
#include <criterion/criterion.h>

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_replicas.h"
#include "base/clock.h"

/* What ROLE answers: "A5 B7" are replicas a:1 and b:1 which have acknowledged that. */
static redisReply *role(const char *text)
{
    char wire[1000], list[800] = "";
    redisReader *reader = rds_tree_reader();
    void *reply = NULL;
    size_t n = 0, len = 0;

    for (; *text; text++) {
        if (*text == ' ')
            continue;
        len += (size_t)snprintf(list + len, sizeof(list) - len,
                                "*3\r\n$1\r\n%c\r\n$1\r\n1\r\n$1\r\n%c\r\n", text[0],
                                text[1]);
        text++;
        n++;
    }
    len = (size_t)snprintf(wire, sizeof(wire), "*3\r\n$6\r\nmaster\r\n:9\r\n*%zu\r\n%s",
                           n, list);
    redisReaderFeed(reader, wire, len);
    redisReaderGetReply(reader, &reply);
    redisReaderFree(reader);
    return reply;
}

enum { HOLD_MS = 100 };

struct look {
    int ms;           /* when */
    const char *role; /* the master's answer */
    int owner_ms;     /* ownership was last made clear then */
    bool settled;     /* may a write that ends at 5 be reported? */
};

struct row {
    const char *what;
    bool strict;
    const char *members; /* lower case letters; upper case: excluded */
    struct look looks[6];
};

/* clang-format off */
static const struct row rows[] = {
    { "nobody there, nobody known", false, "", { {1, "", 0, true} } },
    { "both have it", false, "", { {1, "a5b6", 0, true} } },
    { "one is late", false, "", { {1, "a5b4", 0, false}, {50, "a5b5", 0, true} } },
    { "one stays late", false, "", { {1, "a5b4", 0, false}, {90, "a5b4", 95, false}, {102, "a5b4", 102, true} } },
    { "one leaves, ownership is not clear", false, "", { {1, "a5b5", 0, true}, {2, "a6", 0, false}, {5000, "a6", 0, false} } },
    { "ownership of before does not count", false, "", { {1, "a5b5", 0, true}, {2, "a6", 50, false}, {103, "a6", 50, false}, {104, "a6", 103, true} } },
    { "the proof gets old while one is out", false, "ab", { {1, "a5", 0, false}, {102, "a5", 102, true}, {1500, "a5", 102, true}, {1700, "a5", 102, false}, {1701, "a5", 1701, true} } },
    { "who is out is waited for again once it is back", false, "ab", { {1, "a5", 0, false}, {102, "a5", 102, true}, {103, "a5b1", 102, true}, {104, "a5b5", 102, true}, {105, "a6b4", 102, false} } },
    { "a member that never came", false, "c", { {1, "a5", 0, false} } },
    { "an excluded member", false, "Bc", { {1, "b1c5", 0, true} } },
    { "all are gone", false, "", { {1, "a5", 0, true}, {2, "", 0, false}, {103, "", 103, true} } },
    { "strict: both have it", true, "ab", { {1, "a5b5", 0, true} } },
    { "strict: one is late for ever", true, "ab", { {1, "a5b4", 0, false}, {99999, "a5b4", 99999, false} } },
    { "strict: a member is not there", true, "ab", { {1, "a5", 0, false}, {99999, "a5", 99999, false} } },
    { "strict: excluded", true, "aB", { {1, "a5", 0, true} } },
    { "strict: connected, but not in the list", true, "a", { {1, "a5b4", 0, false} } },
    { "strict: nobody known", true, "", { {1, "", 0, true} } },
};
/* clang-format on */

static int64_t at_ms(int ms)
{
    return ms * CLV_NS_PER_MS;
}

/* ROLE names hosts by the letters; so do the members. */
static void members(struct rds_replicas *r, const char *text)
{
    char address[8];

    rds_replicas_members_begin(r);
    for (; *text; text++) {
        const bool out = *text >= 'A' && *text <= 'Z';

        snprintf(address, sizeof(address), "%c:1", out ? *text - 'A' + 'a' : *text);
        rds_replicas_member(r, address, out);
    }
    rds_replicas_members_end(r);
}

Test(replicas, settled_or_not)
{
    size_t i, k;

    setenv("CLOVIS_LOG", "none", 1);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        static struct rds_replicas r;

        memset(&r, 0, sizeof(r));
        r.strict = rows[i].strict;
        r.hold_ns = at_ms(HOLD_MS);
        members(&r, rows[i].members);
        for (k = 0; k < 6 && rows[i].looks[k].role; k++) {
            const struct look *look = &rows[i].looks[k];
            redisReply *reply = role(look->role);
            int64_t end;

            r.owner_ns = at_ms(look->owner_ms);
            cr_assert(rds_replicas_look(&r, reply, &end));
            rds_reply_free(reply);
            cr_expect_eq(rds_replicas_settled(&r, 5, at_ms(look->ms)), look->settled,
                         "%s: at %d ms", rows[i].what, look->ms);
        }
    }
}
