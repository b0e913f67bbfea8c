/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of the communication layer's address space. */
#ifndef CLOVIS_CL_IOC_CONFIG_H
#define CLOVIS_CL_IOC_CONFIG_H

/* clang-format off */
#define CL_IOC_MAX_NODES                1024
#define CL_IOC_MIN_NODE_ADDRESS         1
#define CL_IOC_MAX_NODE_ADDRESS         (CL_IOC_MAX_NODES - 1)
#define CL_IOC_MAX_COMPONENTS_PER_NODE  1024
#define CL_IOC_MIN_COMP_PORT            1
#define CL_IOC_MAX_COMP_PORT            (CL_IOC_MAX_COMPONENTS_PER_NODE - 1)
#define CL_IOC_RESERVED_PORTS           64
#define CL_IOC_USER_RESERVED_PORTS      64
#define CL_IOC_EPHEMERAL_PORTS \
    (CL_IOC_MAX_COMPONENTS_PER_NODE - CL_IOC_RESERVED_PORTS - CL_IOC_USER_RESERVED_PORTS)
#define CL_IOC_REASSEMBLY_TIMEOUT       5000
/* clang-format on */

#endif
