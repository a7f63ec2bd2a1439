/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file What every AscendCL header builds on: scalars, handles, data types and data buffers. */
#ifndef ASCEND_SYS_ACL_BASE_H_
#define ASCEND_SYS_ACL_BASE_H_

#include "acl/rt/handles.h"
#include "acl/rt/data_type.h"
#include "acl/rt/data_buffer.h"
#include "acl/rt/cann_attribute.h"

#endif /* ASCEND_SYS_ACL_BASE_H_ */
