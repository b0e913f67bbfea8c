# SPDX-License-Identifier: Apache-2.0
# The public headers: $(includedir)/clovis, and below it ipi/ for those that were
# internal once and are included without a prefix.
nobase_include_HEADERS = \
	%D%/clovis/clAmsErrors.h \
	%D%/clovis/clAmsTypes.h \
	%D%/clovis/clBufferApi.h \
	%D%/clovis/clCkptApi.h \
	%D%/clovis/clCkptErrors.h \
	%D%/clovis/clCkptExtApi.h \
	%D%/clovis/clCntApi.h \
	%D%/clovis/clCommon.h \
	%D%/clovis/clCommonErrors.h \
	%D%/clovis/clCorMetaData.h \
	%D%/clovis/clCpmApi.h \
	%D%/clovis/clCpmErrors.h \
	%D%/clovis/clCpmExtApi.h \
	%D%/clovis/clDbg.h \
	%D%/clovis/clDebugApi.h \
	%D%/clovis/clDifferenceVector.h \
	%D%/clovis/clEoApi.h \
	%D%/clovis/clEoConfigApi.h \
	%D%/clovis/clEoErrors.h \
	%D%/clovis/clEventApi.h \
	%D%/clovis/clHandleApi.h \
	%D%/clovis/clHash.h \
	%D%/clovis/clHeapApi.h \
	%D%/clovis/clIocApi.h \
	%D%/clovis/clIocApiExt.h \
	%D%/clovis/clIocConfig.h \
	%D%/clovis/clIocErrors.h \
	%D%/clovis/clLogApi.h \
	%D%/clovis/clLogErrors.h \
	%D%/clovis/clLogUtilApi.h \
	%D%/clovis/clMD5Api.h \
	%D%/clovis/clOsalApi.h \
	%D%/clovis/clOsalErrors.h \
	%D%/clovis/clRmdApi.h \
	%D%/clovis/clRmdErrors.h \
	%D%/clovis/clSafUtils.h \
	%D%/clovis/clTimerApi.h \
	%D%/clovis/clTimerErrors.h \
	%D%/clovis/clVersion.h \
	%D%/clovis/clVersionApi.h \
	%D%/clovis/ipi/clCkptIpi.h \
	%D%/clovis/ipi/clPoolIpi.h \
	%D%/clovis/saAis.h \
	%D%/clovis/saAmf.h \
	%D%/clovis/saCkpt.h \
	%D%/clovis/saNtf.h
