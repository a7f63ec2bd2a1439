/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file A name under which programs include the graph engine's error codes. */
#ifndef ASCEND_SYS_ERROR_CODES_GE_ERROR_CODES_H_
#define ASCEND_SYS_ERROR_CODES_GE_ERROR_CODES_H_

#include "acl/acl_error.h"

#endif /* ASCEND_SYS_ERROR_CODES_GE_ERROR_CODES_H_ */
