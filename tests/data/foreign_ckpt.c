/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody else's library: a program linked with it is given ours instead. */
int saCkptInitialize(unsigned long long *handle, const void *callbacks, void *version);
int saCkptFinalize(unsigned long long handle);

int saCkptInitialize(unsigned long long *handle, const void *callbacks, void *version)
{
    (void)handle, (void)callbacks, (void)version;
    return 19; /* SA_AIS_ERR_NOT_SUPPORTED */
}

int saCkptFinalize(unsigned long long handle)
{
    (void)handle;
    return 19;
}
