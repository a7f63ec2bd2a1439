/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file A name under which programs include allocators of streams. */
#ifndef ASCEND_SYS_ACL_RT_ALLOCATOR_H_
#define ASCEND_SYS_ACL_RT_ALLOCATOR_H_

#include "acl/acl_base.h"
#include "acl/acl_error.h"
#include "acl/rt/allocator.h"

#endif /* ASCEND_SYS_ACL_RT_ALLOCATOR_H_ */
