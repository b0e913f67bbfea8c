/* SPDX-License-Identifier: Apache-2.0 */
/* The execution object, as far as programs look at it: name, port, and pointers
 * that they leave with it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <clEoApi.h>

#include "shim/eo_process.h"

/* A pointer that the program keeps with us. */
struct keep {
    struct keep *next;
    bool client; /* by client id, else by type */
    ClUint32T id;
    void *data;
};

static struct {
    pthread_mutex_t lock; /* guards every field */
    ClEoExecutionObjT object;
    ClEoExecutionObjT *chosen; /* by clEoMyEoObjectSet(), else NULL */
    struct keep *keeps;
    unsigned n_starts; /* clASPInitialize() */
} eo = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the object ---------------------------------------------------------- */

void eo_object_fill(void)
{
    pthread_mutex_lock(&eo.lock);
    memcpy(eo.object.name, eo_config()->EOname, sizeof(eo.object.name));
    eo.object.eoID = gEOIocPort;
    eo.object.eoPort = gEOIocPort;
    eo.object.pri = eo_config()->pri;
    eo.object.noOfThreads = eo_config()->noOfThreads;
    eo.object.appType = eo_config()->appType;
    eo.object.maxNoClients = eo_config()->maxNoClients;
    eo.object.state = CL_EO_STATE_ACTIVE;
    eo.object.refCnt = 1;
    eo.object.eoInitDone = CL_TRUE;
    pthread_mutex_unlock(&eo.lock);
}

ClRcT clEoMyEoObjectGet(ClEoExecutionObjT **out)
{
    ClRcT rc = CL_OK;

    if (!out)
        return CL_EO_RC(CL_ERR_NULL_POINTER);
    pthread_mutex_lock(&eo.lock);
    if (eo.chosen)
        *out = eo.chosen;
    else if (eo.object.eoInitDone)
        *out = &eo.object;
    else
        rc = CL_EO_RC(CL_ERR_NOT_INITIALIZED);
    pthread_mutex_unlock(&eo.lock);
    return rc;
}

ClRcT clEoMyEoObjectSet(ClEoExecutionObjT *object)
{
    if (!object)
        return CL_EO_RC(CL_ERR_NULL_POINTER);
    pthread_mutex_lock(&eo.lock);
    eo.chosen = object;
    pthread_mutex_unlock(&eo.lock);
    return CL_OK;
}

ClRcT clEoMyEoIocPortGet(ClIocPortT *out)
{
    if (!out)
        return CL_EO_RC(CL_ERR_NULL_POINTER);
    *out = gEOIocPort;
    return CL_OK;
}

ClRcT clEoMyEoIocPortSet(ClIocPortT port)
{
    gEOIocPort = port;
    return CL_OK;
}

ClCharT *clEoNameGet(void)
{
    return eo_config()->EOname;
}

ClRcT clEoProgNameGet(ClCharT *name, ClUint32T size)
{
    if (!name)
        return CL_EO_RC(CL_ERR_NULL_POINTER);
    if (strlen(clEoProgName) >= size)
        return CL_EO_RC(CL_ERR_INVALID_PARAMETER);
    snprintf(name, size, "%s", clEoProgName);
    return CL_OK;
}

void clAppConfigure(ClEoConfigT *config, ClUint8T *basic_libs, ClUint8T *client_libs)
{
    /* which libraries to start is a question of the old platform */
    (void)basic_libs;
    (void)client_libs;
    if (config)
        *eo_config() = *config;
}

/* ---- remote calls: there are none, so nothing is ever called -------------- */

ClRcT clEoClientInstall(ClEoExecutionObjT *object, ClUint32T id,
                        ClEoPayloadWithReplyCallbackT *functions, ClEoDataT data,
                        ClUint32T n)
{
    (void)functions;
    (void)n;
    return clEoClientDataSet(object, id, data);
}

ClRcT clEoClientInstallTables(ClEoExecutionObjT *object,
                              ClEoPayloadWithReplyCallbackTableServerT *table)
{
    (void)object;
    (void)table;
    return CL_OK;
}

ClRcT clEoClientUninstall(ClEoExecutionObjT *object, ClUint32T id)
{
    return clEoClientDataSet(object, id, NULL);
}

/* ---- pointers kept ------------------------------------------------------- */

/* Lock held. */
static struct keep *keep_find(bool client, ClUint32T id)
{
    struct keep *k;

    for (k = eo.keeps; k && (k->client != client || k->id != id); k = k->next)
        ;
    return k;
}

static ClRcT keep_set(bool client, ClUint32T id, void *data)
{
    struct keep *k;

    pthread_mutex_lock(&eo.lock);
    k = keep_find(client, id);
    if (!k) {
        k = calloc(1, sizeof(*k));
        if (k) {
            *k = (struct keep){.next = eo.keeps, .client = client, .id = id};
            eo.keeps = k;
        }
    }
    if (k)
        k->data = data;
    pthread_mutex_unlock(&eo.lock);
    return k ? CL_OK : CL_EO_RC(CL_ERR_NO_MEMORY);
}

static ClRcT keep_get(bool client, ClUint32T id, void **out)
{
    const struct keep *k;

    if (!out)
        return CL_EO_RC(CL_ERR_NULL_POINTER);
    pthread_mutex_lock(&eo.lock);
    k = keep_find(client, id);
    if (k)
        *out = k->data;
    pthread_mutex_unlock(&eo.lock);
    return k ? CL_OK : CL_EO_RC(CL_ERR_NOT_EXIST);
}

ClRcT clEoClientDataSet(ClEoExecutionObjT *object, ClUint32T id, ClEoDataT data)
{
    (void)object;
    return keep_set(true, id, data);
}

ClRcT clEoClientDataGet(ClEoExecutionObjT *object, ClUint32T id, ClEoDataT *out)
{
    (void)object;
    return keep_get(true, id, out);
}

ClRcT clEoPrivateDataSet(ClEoExecutionObjT *object, ClUint32T type, void *data)
{
    (void)object;
    return keep_set(false, type, data);
}

ClRcT clEoPrivateDataGet(ClEoExecutionObjT *object, ClUint32T type, void **out)
{
    (void)object;
    return keep_get(false, type, out);
}

/* ---- programs with a main() of their own ---------------------------------- */

ClRcT clASPInitialize(void)
{
    eo_process_begin(NULL);
    pthread_mutex_lock(&eo.lock);
    eo.n_starts++;
    pthread_mutex_unlock(&eo.lock);
    return CL_OK;
}

ClRcT clASPFinalize(void)
{
    ClRcT rc = CL_OK;

    pthread_mutex_lock(&eo.lock);
    if (eo.n_starts)
        eo.n_starts--;
    else
        rc = CL_EO_RC(CL_ERR_NOT_INITIALIZED);
    pthread_mutex_unlock(&eo.lock);
    return rc;
}
