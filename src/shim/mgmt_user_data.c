/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmt: data of programs that the daemon keeps with an entity, or a key of it. */
#include "shim/mgmt.h"

#include <stdlib.h>
#include <string.h>

#include <clHeapApi.h>

#include "amf/amf_proto.h"
#include "base/logline.h"
#include "shim/cpm_name.h"

/* ---- bytes as hexadecimal digits ------------------------------------------------ */

/* New; NULL: no memory. */
static char *hex_of(const ClCharT *data, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 * n + 1);
    size_t i;

    for (i = 0; text && i < n; i++) {
        text[2 * i] = digits[(unsigned char)data[i] >> 4];
        text[2 * i + 1] = digits[(unsigned char)data[i] & 15];
    }
    if (text)
        text[2 * n] = '\0';
    return text;
}

static unsigned digit(char c)
{
    return (unsigned)(c >= 'a' ? c - 'a' + 10 : c - '0');
}

/* A block of the library's heap, with a NUL behind the bytes. */
static ClRcT bytes_of(const char *hex, ClCharT **data, ClUint32T *n)
{
    const size_t size = strlen(hex) / 2;
    char *block = clHeapCalloc(1, (ClUint32T)size + 1);
    size_t i;

    if (!block)
        return AMS_RC(CL_ERR_NO_MEMORY);
    for (i = 0; i < size; i++)
        block[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    *data = block;
    *n = (ClUint32T)size;
    return CL_OK;
}

/* ---- the request --------------------------------------------------------------------
 */

/* What key there is to be. */
enum keyed { PLAIN, KEYED };

static ClRcT check(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity, enum keyed keyed,
                   const ClNameT *key)
{
    char text[CPM_TEXT_MAX];

    if (!mgmt_is_open(handle))
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    if (!entity || (keyed && !key))
        return AMS_RC(CL_ERR_NULL_POINTER);
    if (!mgmt_kind(entity->type))
        return AMS_RC(CL_AMS_ERR_INVALID_ENTITY);
    if (keyed)
        cpm_name_text(text, key);
    return keyed && !*text ? AMS_RC(CL_ERR_INVALID_PARAMETER) : CL_OK;
}

/* New. key NULL: the entity itself. */
static json_t *request(const char *verb, const ClAmsEntityT *entity, const ClNameT *key)
{
    char name[CPM_TEXT_MAX], key_text[CPM_TEXT_MAX] = "";

    cpm_name_text(name, &entity->name);
    if (key)
        cpm_name_text(key_text, key);
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "t", "user-data", "do", verb, "kind",
                     mgmt_kind(entity->type), "name", name, "key", key_text);
}

static ClRcT refused(const ClAmsEntityT *entity, size_t n, ClRcT rc)
{
    char name[CPM_TEXT_MAX];

    cpm_name_text(name, &entity->name);
    if (CL_GET_ERROR_CODE(rc) == CL_ERR_TOO_BIG)
        clv_log(CLV_LOG_ERROR, "user data of %s: %zu bytes, expected at most %d", name, n,
                AMF_USER_DATA_MAX);
    else if (CL_GET_ERROR_CODE(rc) == CL_ERR_NO_SPACE)
        clv_log(CLV_LOG_ERROR,
                "user data of %s: %zu bytes more, expected at most %d in all", name, n,
                AMF_USER_DATA_ALL_MAX);
    return rc;
}

static ClRcT set(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity, enum keyed keyed,
                 const ClNameT *key, const ClCharT *data, ClUint32T n)
{
    ClRcT rc = check(handle, entity, keyed, key);
    json_t *o, *answer;
    char *hex;

    if (!rc && n && !data)
        rc = AMS_RC(CL_ERR_NULL_POINTER);
    if (!rc && n > AMF_USER_DATA_MAX)
        return refused(entity, n, AMS_RC(CL_ERR_TOO_BIG));
    if (rc)
        return rc;
    hex = hex_of(data, n);
    o = hex ? request("set", entity, key) : NULL;
    if (o)
        json_object_set_new(o, "value", json_string(hex));
    free(hex);
    rc = mgmt_call(o, &answer);
    json_decref(answer);
    return refused(entity, n, rc);
}

static ClRcT get(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity, enum keyed keyed,
                 const ClNameT *key, ClCharT **data, ClUint32T *n)
{
    ClRcT rc = check(handle, entity, keyed, key);
    const char *hex;
    json_t *answer;

    if (!rc && (!data || !n))
        rc = AMS_RC(CL_ERR_NULL_POINTER);
    if (rc)
        return rc;
    rc = mgmt_call(request("get", entity, key), &answer);
    hex = json_string_value(json_object_get(answer, "value"));
    if (!rc)
        rc = hex ? bytes_of(hex, data, n) : AMS_RC(CL_ERR_LIBRARY);
    json_decref(answer);
    return rc;
}

static ClRcT take_away(ClAmsMgmtHandleT handle, const char *verb,
                       const ClAmsEntityT *entity, enum keyed keyed, const ClNameT *key)
{
    ClRcT rc = check(handle, entity, keyed, key);
    json_t *answer;

    if (rc)
        return rc;
    rc = mgmt_call(request(verb, entity, key), &answer);
    json_decref(answer);
    return rc;
}

/* ---- the calls ------------------------------------------------------------------- */

ClRcT clAmsMgmtEntityUserDataSet(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                 ClCharT *data, ClUint32T len)
{
    return set(handle, entity, PLAIN, NULL, data, len);
}

ClRcT clAmsMgmtEntityUserDataSetKey(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                    ClNameT *key, ClCharT *data, ClUint32T len)
{
    return set(handle, entity, KEYED, key, data, len);
}

ClRcT clAmsMgmtEntityUserDataGet(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                 ClCharT **data, ClUint32T *len)
{
    return get(handle, entity, PLAIN, NULL, data, len);
}

ClRcT clAmsMgmtEntityUserDataGetKey(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                    ClNameT *key, ClCharT **data, ClUint32T *len)
{
    return get(handle, entity, KEYED, key, data, len);
}

ClRcT clAmsMgmtEntityUserDataDelete(ClAmsMgmtHandleT handle, ClAmsEntityT *entity)
{
    return take_away(handle, "delete", entity, PLAIN, NULL);
}

ClRcT clAmsMgmtEntityUserDataDeleteKey(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                       ClNameT *key)
{
    return take_away(handle, "delete", entity, KEYED, key);
}

ClRcT clAmsMgmtEntityUserDataDeleteAll(ClAmsMgmtHandleT handle, ClAmsEntityT *entity)
{
    return take_away(handle, "delete-all", entity, PLAIN, NULL);
}
