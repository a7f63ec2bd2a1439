/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Labels: places within a stream to go on from. */
#ifndef ASCEND_SYS_RT_LABEL_H_
#define ASCEND_SYS_RT_LABEL_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Creates a label.
 * @since v8.5.0-beta.1
 */
aclError aclrtCreateLabel(aclrtLabel *label);

/**
 * Destroys a label.
 * @since v8.5.0-beta.1
 */
aclError aclrtDestroyLabel(aclrtLabel label);

/**
 * Creates a list of num labels.
 * @since v8.5.0-beta.1
 */
aclError aclrtCreateLabelList(aclrtLabel *labels, size_t num, aclrtLabelList *labelList);

/**
 * Destroys a list of labels.
 * @since v8.5.0-beta.1
 */
aclError aclrtDestroyLabelList(aclrtLabelList labelList);

/**
 * Sets a label on a stream, in its order.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetLabel(aclrtLabel label, aclrtStream stream);

/**
 * Goes on at one label of a list, by an index in memory.
 * @since v8.5.0-beta.1
 */
aclError aclrtSwitchLabelByIndex(void *ptr, uint32_t maxValue, aclrtLabelList labelList, aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_LABEL_H_ */
