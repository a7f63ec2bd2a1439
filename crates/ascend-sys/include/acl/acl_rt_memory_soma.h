/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file A name under which programs include the memory pools. */
#ifndef ASCEND_SYS_ACL_RT_MEMORY_SOMA_H_
#define ASCEND_SYS_ACL_RT_MEMORY_SOMA_H_

#include "acl/acl_rt.h"

#endif /* ASCEND_SYS_ACL_RT_MEMORY_SOMA_H_ */
