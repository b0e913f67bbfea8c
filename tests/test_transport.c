/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the transport that need no server: votes, URLs, and the checker of histories.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_url.h"
#include "backend-redis/rds_vote.h"
#include "history.h"

/* ---- votes --------------------------------------------------------------- */

/* One letter per sentinel: who it names, '-' when it does not answer; a digit each: its
 * epoch. */
static const struct vote_row {
    const char *what, *names, *epochs;
    char master; /* 0: no majority */
    int epoch;
    size_t n_for;
} vote_rows[] = {
    {"all agree", "aaa", "111", 'a', 1, 3},
    {"one is away", "a-a", "101", 'a', 1, 2},
    {"two are away", "-a-", "010", 0, 1, 1},
    {"nobody answers", "---", "000", 0, 0, 0},
    {"one is stale", "bab", "212", 'b', 2, 2},
    {"one lies with a high epoch", "aza", "191", 'a', 1, 2},
    {"a fail-over that one has seen", "aab", "112", 'a', 1, 2},
    {"a fail-over that most have seen", "bba", "221", 'b', 2, 2},
    {"epochs differ among those who agree", "aa-", "120", 'a', 2, 2},
    {"three opinions", "abc", "123", 0, 3, 1},
    {"half is no majority", "aabb", "1122", 0, 2, 2},
    {"two of five", "aa---", "11000", 0, 1, 2},
    {"three of five", "aa-a-", "11010", 'a', 1, 3},
    {"one of one", "a", "4", 'a', 4, 1},
};

Test(transport, votes)
{
    size_t i, k;

    for (i = 0; i < sizeof(vote_rows) / sizeof(*vote_rows); i++) {
        const struct vote_row *row = &vote_rows[i];
        struct rds_vote votes[8] = {0};
        struct rds_tally t;

        for (k = 0; row->names[k]; k++) {
            votes[k].valid = row->names[k] != '-';
            votes[k].master.host[0] = row->names[k];
            votes[k].master.port = 6379;
            votes[k].epoch = row->epochs[k] - '0';
        }
        rds_vote_count(votes, k, &t);
        cr_expect_eq(t.majority, row->master != 0, "%s", row->what);
        cr_expect(!row->master || t.master.host[0] == row->master, "%s: %s", row->what,
                  t.master.host);
        cr_expect_eq(t.epoch, row->epoch, "%s: %d", row->what, (int)t.epoch);
        cr_expect_eq(t.n_for, row->n_for, "%s: %zu", row->what, t.n_for);
    }
}

/* Contact per sentinel: seconds, x: it doubts the master, m: it carries out a fail-over.
 */
Test(transport, contact)
{
    /* clang-format off */
    static const struct { const char *names, *contact; int64_t want; const char *what; } rows[] = {
        { "aaa", "111", 1, "all" },
        { "aaa", "319", 3, "the second best of three" },
        { "aaa", "1xx", INT64_MAX, "two doubt it" },
        { "aaa", "12x", 2, "one doubts it" },
        { "aab", "121", 2, "one names another" },
        { "aa-", "120", 2, "one is silent" },
        { "a--", "100", INT64_MAX, "two are silent" },
        { "aaa", "11m", INT64_MAX, "one carries out a fail-over" },
        { "a",   "4",   4, "one of one" },
    };
    /* clang-format on */
    size_t i, k;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct rds_vote votes[8] = {0};
        struct rds_tally t;

        for (k = 0; rows[i].names[k]; k++) {
            votes[k].valid = rows[i].names[k] != '-';
            votes[k].master.host[0] = rows[i].names[k];
            votes[k].moving = rows[i].contact[k] == 'm';
            votes[k].contact_ms =
                rows[i].contact[k] == 'x' ? INT64_MAX : rows[i].contact[k] - '0';
        }
        rds_vote_count(votes, k, &t);
        cr_expect_eq(t.contact_ms, rows[i].want, "%s: %lld", rows[i].what,
                     (long long)t.contact_ms);
    }
}

/* Seconds for which each sentinel has missed the master, 0: it does not count it as down.
 */
Test(transport, silence)
{
    /* clang-format off */
    static const struct { const char *names, *silent; int64_t want; const char *what; } rows[] = {
        { "aaa", "000", 0, "none misses it" },
        { "aaa", "900", 0, "one does" },
        { "aaa", "940", 4, "two do" },
        { "aaa", "948", 8, "all do: what a majority has seen" },
        { "aab", "949", 4, "one names another" },
        { "aa-", "94-", 4, "one is silent itself" },
        { "a--", "9--", 0, "two are" },
        { "abb", "900", 0, "the others have another already" },
        { "a",   "4",   4, "one of one" },
    };
    /* clang-format on */
    size_t i, k;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct rds_vote votes[8] = {0};
        struct rds_tally t;

        for (k = 0; rows[i].names[k]; k++) {
            votes[k].valid = rows[i].names[k] != '-';
            votes[k].master.host[0] = rows[i].names[k];
            votes[k].silent_ms = votes[k].valid ? rows[i].silent[k] - '0' : 0;
        }
        rds_vote_count(votes, k, &t);
        cr_expect_eq(t.silent_ms, rows[i].want, "%s: %lld", rows[i].what,
                     (long long)t.silent_ms);
    }
}

/* ---- URLs ---------------------------------------------------------------- */

static const struct url_row {
    const char *text, *places, *rest;
    const char *why; /* part of the message; NULL: it is good */
} url_rows[] = {
    {"redis://h", "h:6379", "- - - 0", NULL},
    {"rediss://u:p%40@h:1/3", "h:1", "- u p@ 3", NULL},
    {"rediss://[::1]:7/0", "[::1]:7", "- - - 0", NULL},
    {"unix:///a/b?db=2", "/a/b", "- - - 2", NULL},
    {"redis-sentinel://a,b:1,[::1]/m", "a:26379 b:1 [::1]:26379", "m - - 0", NULL},
    {"rediss-sentinel://u:p@a/m%2Fn/4", "a:26379", "m/n u p 4", NULL},
    {"redis-sentinel://a,b", NULL, NULL, "no master name"},
    {"redis-sentinel://a,,b/m", NULL, NULL, "no host"},
    {"redis-sentinel://a:0/m", NULL, NULL, "port \"0\""},
    {"redis-sentinel://a/m/x", NULL, NULL, "database \"x\""},
    {"redis-sentinel://1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7/m", NULL, NULL, "more than 16"},
    {"redis://a,b", NULL, NULL, NULL}, /* a host of that name, which will not resolve */
    {"redis-cluster://a,b:1,[::1]", "a:6379 b:1 [::1]:6379", "- - - 0", NULL},
    {"rediss-cluster://u:p@a/", "a:6379", "- u p 0", NULL},
    {"redis-cluster://a/1", NULL, NULL, "\"/1\" after the hosts"},
    {"redis-cluster://a?db=1", NULL, NULL, "none for a cluster"},
    {"redis-cluster://a,", NULL, NULL, "no host"},
    {"redis-cluster:///", NULL, NULL, "no host"},
    {"redis-clusters://a", NULL, NULL, "unknown scheme"},
    {"redis:/a", NULL, NULL, "no \"://\""},
};

static void url_show(const struct rds_url *url, char *places, char *rest, size_t size)
{
    char text[RDS_PLACE_TEXT];
    struct rds_place place;
    size_t used = 0;
    uint32_t i;

    for (i = 0; i == 0 || i < url->n_hosts; i++) {
        rds_url_place(url, i, &place);
        used += (size_t)snprintf(places + used, size - used, "%s%s", i ? " " : "",
                                 rds_place_text(&place, text));
    }
    snprintf(rest, size, "%s %s %s %u", url->master ? url->master : "-",
             url->user ? url->user : "-", url->password ? url->password : "-", url->db);
}

Test(transport, urls)
{
    char why[160], places[512], rest[512];
    struct rds_url url;
    size_t i;

    for (i = 0; i < sizeof(url_rows) / sizeof(*url_rows); i++) {
        const struct url_row *row = &url_rows[i];
        const bool ok = rds_url_parse(row->text, &url, why, sizeof(why));

        cr_expect_eq(ok, !row->why, "%s: %s", row->text, ok ? "accepted" : why);
        cr_expect(ok || !row->why || strstr(why, row->why), "%s: %s", row->text, why);
        if (!ok)
            continue;
        url_show(&url, places, rest, sizeof(places));
        cr_expect(!row->places || strcmp(places, row->places) == 0, "%s: %s", row->text,
                  places);
        cr_expect(!row->rest || strcmp(rest, row->rest) == 0, "%s: %s", row->text, rest);
        rds_url_free(&url);
    }
}

/* ---- histories ----------------------------------------------------------- */

/* "wX": the next write ends with X (o: ok, f: fail, u: unknown), "g": a fail-over, "s":
 * all is safe, "rN": a read finds N. */
static const struct history_row {
    const char *story;
    bool good; /* every read but the last is */
    size_t n_lost;
} history_rows[] = {
    {"r0", true, 0},
    {"r1", false, 0},
    {"wo r1", true, 0},
    {"wo wo r1", false, 0},
    {"wo wo g r1", true, 1},
    {"wo wo wo g r1 r1 wo r4", true, 2},
    {"wo wo g r1 r2", true, 1},
    {"wo wf r1", true, 0},
    {"wo wf r2", false, 0},
    {"wo wf g r2", false, 0},
    {"wo wu r1", true, 0},
    {"wo wu r2", true, 0},
    {"wo wu r2 r1", false, 0},
    {"wo wu wo r2", false, 0},
    {"wo s wo g r1", true, 1},
    {"wo s wo g r0", false, 0},
};

static bool story_play(struct history *h, const char *story)
{
    uint64_t generation = 1;
    bool good = true;

    for (; *story; story++) {
        const char *const outcomes = " ofu", *o;

        if (*story == 'g')
            generation++;
        else if (*story == 's')
            hist_safe(h);
        else if (*story == 'w' && (o = strchr(outcomes, *++story)))
            hist_done(h, hist_invoke(h), (enum hist_outcome)(o - outcomes), generation);
        else if (*story == 'r')
            good = hist_seen(h, (size_t)(*++story - '0'), generation) && good;
    }
    return good;
}

Test(transport, histories)
{
    size_t i;

    for (i = 0; i < sizeof(history_rows) / sizeof(*history_rows); i++) {
        const struct history_row *row = &history_rows[i];
        struct history h = {0};
        const bool good = story_play(&h, row->story);

        cr_expect_eq(good, row->good, "%s: %s", row->story, h.wrong);
        cr_expect(!good || h.n_lost == row->n_lost, "%s: %zu lost", row->story, h.n_lost);
        hist_free(&h);
    }
}
