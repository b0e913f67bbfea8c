# SPDX-License-Identifier: Apache-2.0
dist_doc_DATA = README.md NEWS COPYING
dist_doc_DATA += %D%/design.md %D%/compatibility.md %D%/store-format.md %D%/performance.md %D%/migration.md \
	%D%/durability.md %D%/users.md %D%/users.acl %D%/sentinel-users.acl \
	%D%/amf-status.md

include %D%/man/local.mk
