/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Attributes of the CANN software. */
#ifndef ASCEND_SYS_RT_CANN_ATTRIBUTE_H_
#define ASCEND_SYS_RT_CANN_ATTRIBUTE_H_

#include "acl/rt/handles.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Attribute of the CANN software. */
typedef enum aclCannAttr {
    ACL_CANN_ATTR_UNDEFINED = -1,
    ACL_CANN_ATTR_INF_NAN = 0,
    ACL_CANN_ATTR_BF16 = 1,
    ACL_CANN_ATTR_JIT_COMPILE = 2
} aclCannAttr;
ACL_ABI_ASSERT(sizeof(aclCannAttr) == 4, "sizeof aclCannAttr");

/**
 * Gets the list of the attributes that can be asked for, and their number.
 * @since v8.5.0-beta.1
 */
aclError aclGetCannAttributeList(const aclCannAttr **cannAttrList, size_t *num);

/**
 * Gets the value of one attribute of the CANN software.
 * @since v8.5.0-beta.1
 */
aclError aclGetCannAttribute(aclCannAttr cannAttr, int32_t *value);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_CANN_ATTRIBUTE_H_ */
