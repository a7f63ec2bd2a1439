/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file The one header most programs include. */
#ifndef ASCEND_SYS_ACL_H_
#define ASCEND_SYS_ACL_H_

#include "acl/acl_base.h"
#include "acl/acl_rt.h"
#include "acl/acl_rt_allocator.h"


#endif /* ASCEND_SYS_ACL_H_ */
