/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>

#include "ckpt_case.h"
#include "fake_store.h"

void world_begin(void)
{
    fake_flush();
}

/* Every row ends with nothing left behind. A service that was finalized on the library's
 * own thread gives up the store a moment later, on another. */
void world_end(void)
{
    int i;

    for (i = 0; i < 4000 && fake_started(); i++)
        poll(NULL, 0, 5);
    cr_expect_eq(fake_started(), 0, "%s: %d services left", v.name, fake_started());
    cr_expect_eq(fake_open(), 0, "%s: %d checkpoints left open", v.name, fake_open());
    cr_expect_eq(fake_iterators(), 0, "%s: %d iterators left", v.name, fake_iterators());
}

void world_close(void)
{
}

void world_drain(void)
{
    fake_drain();
}
