# SPDX-License-Identifier: Apache-2.0
# The public headers: $(includedir)/clovis, and below it ipi/ for those that were
# internal once and are included without a prefix.
clovisincludedir = $(includedir)/clovis
clovisinclude_HEADERS = \
	%D%/clovis/clAlarmApi.h \
	%D%/clovis/clAmsEntities.h \
	%D%/clovis/clAmsErrors.h \
	%D%/clovis/clAmsMgmtClientApi.h \
	%D%/clovis/clAmsMgmtCommon.h \
	%D%/clovis/clAmsMgmtHooks.h \
	%D%/clovis/clAmsTypes.h \
	%D%/clovis/clBufferApi.h \
	%D%/clovis/clCkptApi.h \
	%D%/clovis/clCkptErrors.h \
	%D%/clovis/clCkptExtApi.h \
	%D%/clovis/clCksmApi.h \
	%D%/clovis/clCmApi.h \
	%D%/clovis/clCntApi.h \
	%D%/clovis/clCommon.h \
	%D%/clovis/clCommonErrors.h \
	%D%/clovis/clCorApi.h \
	%D%/clovis/clCorMetaData.h \
	%D%/clovis/clCorServiceId.h \
	%D%/clovis/clCpmApi.h \
	%D%/clovis/clCpmConfigApi.h \
	%D%/clovis/clCpmErrors.h \
	%D%/clovis/clCpmExtApi.h \
	%D%/clovis/clDbg.h \
	%D%/clovis/clDebugApi.h \
	%D%/clovis/clDifferenceVector.h \
	%D%/clovis/clEoApi.h \
	%D%/clovis/clEoConfigApi.h \
	%D%/clovis/clEoErrors.h \
	%D%/clovis/clEventApi.h \
	%D%/clovis/clEventExtApi.h \
	%D%/clovis/clHalApi.h \
	%D%/clovis/clHalObjectApi.h \
	%D%/clovis/clHandleApi.h \
	%D%/clovis/clHash.h \
	%D%/clovis/clHeapApi.h \
	%D%/clovis/clIdlApi.h \
	%D%/clovis/clIocApi.h \
	%D%/clovis/clIocApiExt.h \
	%D%/clovis/clIocConfig.h \
	%D%/clovis/clIocErrors.h \
	%D%/clovis/clIocProtocols.h \
	%D%/clovis/clIocServices.h \
	%D%/clovis/clList.h \
	%D%/clovis/clLogApi.h \
	%D%/clovis/clLogErrors.h \
	%D%/clovis/clLogUtilApi.h \
	%D%/clovis/clMD5Api.h \
	%D%/clovis/clNameApi.h \
	%D%/clovis/clOampRtApi.h \
	%D%/clovis/clOmApi.h \
	%D%/clovis/clOmCommonClassTypes.h \
	%D%/clovis/clOsalApi.h \
	%D%/clovis/clOsalErrors.h \
	%D%/clovis/clParserApi.h \
	%D%/clovis/clProvApi.h \
	%D%/clovis/clProvOmApi.h \
	%D%/clovis/clRbTree.h \
	%D%/clovis/clRmdApi.h \
	%D%/clovis/clRmdErrors.h \
	%D%/clovis/clSafUtils.h \
	%D%/clovis/clTaskPool.h \
	%D%/clovis/clTimerApi.h \
	%D%/clovis/clTimerErrors.h \
	%D%/clovis/clVersion.h \
	%D%/clovis/clVersionApi.h \
	%D%/clovis/clovisExt.h \
	%D%/clovis/saAis.h \
	%D%/clovis/saAmf.h \
	%D%/clovis/saCkpt.h \
	%D%/clovis/saNtf.h
clovisipidir = $(clovisincludedir)/ipi
clovisipi_HEADERS = \
	%D%/clovis/ipi/clCkptIpi.h \
	%D%/clovis/ipi/clLogIpiWrap.h \
	%D%/clovis/ipi/clPoolIpi.h
