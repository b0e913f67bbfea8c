/* SPDX-License-Identifier: Apache-2.0 */
/* The component of bench_amf.c: answers every callback at once and reports it. */
#include "bench/bench.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <saAmf.h>

#include "base/clock.h"

static struct {
    SaAmfHandleT amf;
    int reports;
    bool ending;
} self = {.reports = -1};

static void report(int ha)
{
    char text[128];
    const int n =
        snprintf(text, sizeof(text), "%d %d %" PRId64, (int)getpid(), ha, clv_now_ns());

    if (send(self.reports, text, (size_t)n, 0) < 0)
        self.ending = true; /* the bench is over */
}

static void on_set(SaInvocationT inv, const SaNameT *comp, SaAmfHAStateT ha,
                   SaAmfCSIDescriptorT csi)
{
    (void)comp;
    (void)csi;
    report((int)ha);
    saAmfResponse(self.amf, inv, SA_AIS_OK);
}

static void on_remove(SaInvocationT inv, const SaNameT *comp, const SaNameT *csi,
                      SaAmfCSIFlagsT flags)
{
    (void)comp;
    (void)csi;
    (void)flags;
    saAmfResponse(self.amf, inv, SA_AIS_OK);
}

static void on_terminate(SaInvocationT inv, const SaNameT *comp)
{
    (void)comp;
    saAmfResponse(self.amf, inv, SA_AIS_OK);
    self.ending = true;
}

int bench_amf_component(void)
{
    const SaAmfCallbacksT cb = {.saAmfComponentTerminateCallback = on_terminate,
                                .saAmfCSISetCallback = on_set,
                                .saAmfCSIRemoveCallback = on_remove};
    const char *path = getenv("CLOVIS_BENCH_REPORTS");
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    SaVersionT version = {'B', 1, 1};
    SaSelectionObjectT fd;
    struct pollfd p = {.events = POLLIN};
    SaNameT name;

    if (!path || strlen(path) >= sizeof(sa.sun_path)) {
        fprintf(stderr, "bench-component is started by clovis bench amf\n");
        return 2;
    }
    memcpy(sa.sun_path, path, strlen(path) + 1);
    self.reports = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (self.reports < 0 || connect(self.reports, (struct sockaddr *)&sa, sizeof(sa)) ||
        saAmfInitialize(&self.amf, &cb, &version) != SA_AIS_OK ||
        saAmfSelectionObjectGet(self.amf, &fd) != SA_AIS_OK ||
        saAmfComponentNameGet(self.amf, &name) != SA_AIS_OK ||
        saAmfComponentRegister(self.amf, &name, NULL) != SA_AIS_OK)
        return 1;
    p.fd = (int)fd;
    while (!self.ending && poll(&p, 1, -1) >= 0)
        if (saAmfDispatch(self.amf, SA_DISPATCH_ALL) != SA_AIS_OK)
            break;
    saAmfFinalize(self.amf);
    return 0;
}
