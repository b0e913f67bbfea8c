# SPDX-License-Identifier: Apache-2.0
# Section 3: a page for each family of functions, and for each other name that a page
# has in its NAME section a file that refers to it.
CKPT_PAGES = %D%/clCkptCheckpointOpen.3 %D%/clCkptCheckpointStatusGet.3 \
	%D%/clCkptCheckpointSynchronize.3 %D%/clCkptCheckpointWrite.3 \
	%D%/clCkptImmediateConsumptionRegister.3 %D%/clCkptInitialize.3 %D%/clCkptLibraryInitialize.3 %D%/clCkptSectionCreate.3 \
	%D%/clCkptSectionIterationInitialize.3 %D%/saCkpt.3
CKPT_ALIASES = %D%/clCkptLibraryInitializeDB.3 \
	%D%/clCkptLibraryFinalize.3 \
	%D%/clCkptLibraryCkptCreate.3 \
	%D%/clCkptLibraryCkptDelete.3 \
	%D%/clCkptLibraryDoesCkptExist.3 \
	%D%/clCkptLibraryDoesDatasetExist.3 \
	%D%/clCkptLibraryCkptDataSetCreate.3 \
	%D%/clCkptLibraryCkptDataSetVersionCreate.3 \
	%D%/clCkptLibraryCkptDataSetDelete.3 \
	%D%/clCkptLibraryCkptDataSetWrite.3 \
	%D%/clCkptLibraryCkptDataSetVersionWrite.3 \
	%D%/clCkptLibraryCkptDataSetRead.3 \
	%D%/clCkptLibraryCkptElementCreate.3 \
	%D%/clCkptLibraryCkptElementVersionCreate.3 \
	%D%/clCkptLibraryCkptElementWrite.3 \
	%D%/clCkptLibraryCkptElementVersionWrite.3 \
	%D%/clCkptLibraryCkptElementDelete.3 \
	%D%/clCkptActiveReplicaSet.3 %D%/clCkptActiveReplicaSetSwitchOver.3 \
	%D%/clCkptCheckpointClose.3 %D%/clCkptCheckpointDelete.3 %D%/clCkptCheckpointOpenAsync.3 \
	%D%/clCkptCheckpointRead.3 %D%/clCkptCheckpointReadSections.3 \
	%D%/clCkptCheckpointRetentionDurationSet.3 %D%/clCkptCheckpointSynchronizeAsync.3 \
	%D%/clCkptCheckpointWriteLinear.3 %D%/clCkptDifferentialCheckpointStatusGet.3 \
	%D%/clCkptDispatch.3 %D%/clCkptFinalize.3 %D%/clCkptIOVectorFree.3 \
	%D%/clCkptReplicaChangeDeregister.3 %D%/clCkptReplicaChangeRegister.3 %D%/clCkptSectionCheck.3 \
	%D%/clCkptSectionDelete.3 %D%/clCkptSectionExpirationTimeSet.3 \
	%D%/clCkptSectionIterationFinalize.3 %D%/clCkptSectionIterationNext.3 \
	%D%/clCkptSectionOverwrite.3 %D%/clCkptSectionOverwriteLinear.3 \
	%D%/clCkptSectionOverwriteVector.3 %D%/clCkptSelectionObjectGet.3 %D%/saCkptActiveReplicaSet.3 \
	%D%/saCkptCheckpointClose.3 %D%/saCkptCheckpointOpen.3 %D%/saCkptCheckpointOpenAsync.3 \
	%D%/saCkptCheckpointRead.3 %D%/saCkptCheckpointRetentionDurationSet.3 \
	%D%/saCkptCheckpointStatusGet.3 %D%/saCkptCheckpointSynchronize.3 \
	%D%/saCkptCheckpointSynchronizeAsync.3 %D%/saCkptCheckpointUnlink.3 \
	%D%/saCkptCheckpointWrite.3 %D%/saCkptDispatch.3 %D%/saCkptFinalize.3 \
	%D%/saCkptIOVectorElementDataFree.3 %D%/saCkptInitialize.3 %D%/saCkptSectionCreate.3 \
	%D%/saCkptSectionDelete.3 %D%/saCkptSectionExpirationTimeSet.3 %D%/saCkptSectionIdFree.3 \
	%D%/saCkptSectionIterationFinalize.3 %D%/saCkptSectionIterationInitialize.3 \
	%D%/saCkptSectionIterationNext.3 %D%/saCkptSectionOverwrite.3 %D%/saCkptSelectionObjectGet.3
dist_man_MANS += $(CKPT_PAGES)
nodist_man_MANS = $(CKPT_ALIASES)
CLEANFILES += $(CKPT_ALIASES)

$(CKPT_ALIASES): $(CKPT_PAGES) %D%/alias.awk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && for page in $(CKPT_PAGES); do \
		if test -e $$page; then echo $$page; else echo $(srcdir)/$$page; fi; done | \
		xargs awk -v alias=`basename $@ .3` -f $(srcdir)/%D%/alias.awk >$@.tmp && mv $@.tmp $@
EXTRA_DIST += %D%/alias.awk
