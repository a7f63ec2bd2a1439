/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file A name under which programs include scalars, handles, data types, data buffers and error codes. */
#ifndef ASCEND_SYS_ACL_BASE_RT_H_
#define ASCEND_SYS_ACL_BASE_RT_H_

#include "acl/acl_base.h"
#include "acl/acl_error.h"

#endif /* ASCEND_SYS_ACL_BASE_RT_H_ */
