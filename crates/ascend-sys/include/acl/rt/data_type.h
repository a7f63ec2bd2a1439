/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Types of data elements, and numbers of 16 bits. */
#ifndef ASCEND_SYS_RT_DATA_TYPE_H_
#define ASCEND_SYS_RT_DATA_TYPE_H_

#include "acl/rt/handles.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Type of a data element. */
typedef enum aclDataType {
    ACL_DT_UNDEFINED = -1,
    ACL_FLOAT = 0,
    ACL_FLOAT16 = 1,
    ACL_INT8 = 2,
    ACL_INT32 = 3,
    ACL_UINT8 = 4,
    ACL_INT16 = 6,
    ACL_UINT16 = 7,
    ACL_UINT32 = 8,
    ACL_INT64 = 9,
    ACL_UINT64 = 10,
    ACL_DOUBLE = 11,
    ACL_BOOL = 12,
    ACL_STRING = 13,
    ACL_COMPLEX64 = 16,
    ACL_COMPLEX128 = 17,
    ACL_BF16 = 27,
    ACL_INT4 = 29,
    ACL_UINT1 = 30,
    ACL_COMPLEX32 = 33,
    ACL_HIFLOAT8 = 34,
    ACL_FLOAT8_E5M2 = 35,
    ACL_FLOAT8_E4M3FN = 36,
    ACL_FLOAT8_E8M0 = 37,
    ACL_FLOAT6_E3M2 = 38,
    ACL_FLOAT6_E2M3 = 39,
    ACL_FLOAT4_E2M1 = 40,
    ACL_FLOAT4_E1M2 = 41
} aclDataType;
ACL_ABI_ASSERT(sizeof(aclDataType) == 4, "sizeof aclDataType");

/** Bits of a binary floating-point number of half precision. */
typedef uint16_t aclFloat16;

/**
 * Returns the size in bytes of an element of the given type.
 * @since v8.5.0-beta.1
 */
size_t aclDataTypeSize(aclDataType dataType);

/**
 * Converts a number of half precision to single precision.
 * @since v8.5.0-beta.1
 */
float aclFloat16ToFloat(aclFloat16 value);

/**
 * Converts a number of single precision to half precision.
 * @since v8.5.0-beta.1
 */
aclFloat16 aclFloatToFloat16(float value);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_DATA_TYPE_H_ */
