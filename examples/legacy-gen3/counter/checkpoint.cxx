/* SPDX-License-Identifier: Apache-2.0 */
#include <string>
#include <vector>

#include <clCkptApi.h>
#include <clLogApi.h>

#include "checkpoint.h"

namespace
{

class Checkpoint
{
  public:
    explicit Checkpoint(const std::string &section) : id(section.begin(), section.end())
    {
        sectionId.idLen = static_cast<ClUint16T>(id.size());
        sectionId.id = &id[0];
    }

    ClRcT open(const SaNameT *name)
    {
        ClVersionT version = {'B', 1, 1};
        ClCkptCheckpointCreationAttributesT attributes = {
            CL_CKPT_CHECKPOINT_COLLOCATED | CL_CKPT_WR_ACTIVE_REPLICA,
            2 * sizeof(ClUint32T),
            static_cast<ClTimeT>(3600 * CL_SEC_TO_NANO),
            2,
            sizeof(ClUint32T),
            16};
        ClRcT rc = clCkptInitialize(&service, NULL, &version);

        if (rc == CL_OK)
            rc =
                clCkptCheckpointOpen(service, name, &attributes,
                                     CL_CKPT_CHECKPOINT_CREATE | CL_CKPT_CHECKPOINT_READ |
                                         CL_CKPT_CHECKPOINT_WRITE,
                                     CL_TIME_END, &handle);
        return rc == CL_OK ? create() : rc;
    }

    ClRcT read(ClUint32T *count)
    {
        ClCkptIOVectorElementT vec = {sectionId, count, sizeof(*count), 0, 0};
        ClUint32T bad = 0;

        clCkptActiveReplicaSet(handle);
        return clCkptCheckpointRead(handle, &vec, 1, &bad);
    }

    ClRcT write(ClUint32T count)
    {
        ClRcT rc = clCkptSectionOverwrite(handle, &sectionId, &count, sizeof(count));

        return rc == CL_OK ? clCkptCheckpointSynchronize(handle, CL_TIME_END) : rc;
    }

    void close()
    {
        clCkptCheckpointClose(handle);
        clCkptFinalize(service);
    }

  private:
    ClRcT create()
    {
        ClCkptSectionCreationAttributesT creation = {&sectionId, (ClTimeT)CL_TIME_END};
        ClUint32T zero = 0;
        ClRcT rc;

        clCkptActiveReplicaSet(handle);
        rc = clCkptSectionCreate(handle, &creation, reinterpret_cast<ClUint8T *>(&zero),
                                 sizeof(zero));
        return CL_GET_ERROR_CODE(rc) == CL_ERR_ALREADY_EXIST ? static_cast<ClRcT>(CL_OK)
                                                             : rc;
    }

    std::vector<ClUint8T> id;
    ClCkptSectionIdT sectionId;
    ClCkptSvcHdlT service;
    ClCkptHdlT handle;
};

Checkpoint counter("counter");

} // namespace

ClRcT counter_open(const SaNameT *checkpoint)
{
    ClRcT rc = counter.open(checkpoint);

    if (rc != CL_OK)
        clLogError("CTR", "CKP", "%s: error 0x%x", checkpoint->value, rc);
    return rc;
}

ClRcT counter_read(ClUint32T *count)
{
    return counter.read(count);
}

ClRcT counter_write(ClUint32T count)
{
    return counter.write(count);
}

void counter_close(void)
{
    counter.close();
}
