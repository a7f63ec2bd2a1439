/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Data buffers: an address and a size behind a handle. */
#ifndef ASCEND_SYS_RT_DATA_BUFFER_H_
#define ASCEND_SYS_RT_DATA_BUFFER_H_

#include "acl/rt/handles.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Descriptor of memory that the program owns; its content is not disclosed. */
typedef struct aclDataBuffer aclDataBuffer;

/**
 * Creates a descriptor of size bytes at data; the memory stays the program's.
 * @since v8.5.0-beta.1
 */
aclDataBuffer *aclCreateDataBuffer(void *data, size_t size);

/**
 * Destroys a descriptor and leaves the memory alone.
 * @since v8.5.0-beta.1
 */
aclError aclDestroyDataBuffer(const aclDataBuffer *dataBuffer);

/**
 * Makes a descriptor hold another address and size.
 * @since v8.5.0-beta.1
 */
aclError aclUpdateDataBuffer(aclDataBuffer *dataBuffer, void *data, size_t size);

/**
 * Returns the address that a descriptor holds.
 * @since v8.5.0-beta.1
 */
void *aclGetDataBufferAddr(const aclDataBuffer *dataBuffer);

/**
 * Returns the size in bytes that a descriptor holds.
 * @since v8.5.0-beta.1
 */
size_t aclGetDataBufferSizeV2(const aclDataBuffer *dataBuffer);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_DATA_BUFFER_H_ */
