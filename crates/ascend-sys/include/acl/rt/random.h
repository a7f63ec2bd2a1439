/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Random numbers made by the device. */
#ifndef ASCEND_SYS_RT_RANDOM_H_
#define ASCEND_SYS_RT_RANDOM_H_

#include "acl/rt/data_type.h"
#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Distribution of random numbers. */
typedef enum aclrtRandomNumFuncType {
    ACL_RT_RANDOM_NUM_FUNC_TYPE_DROPOUT_BITMASK = 0,
    ACL_RT_RANDOM_NUM_FUNC_TYPE_UNIFORM_DIS = 1,
    ACL_RT_RANDOM_NUM_FUNC_TYPE_NORMAL_DIS = 2,
    ACL_RT_RANDOM_NUM_FUNC_TYPE_TRUNCATED_NORMAL_DIS = 3
} aclrtRandomNumFuncType;
ACL_ABI_ASSERT(sizeof(aclrtRandomNumFuncType) == 4, "sizeof aclrtRandomNumFuncType");

/** A parameter as a value, or as the address of one, and its size. */
typedef struct aclrtRandomParaInfo {
    uint8_t isAddr;
    uint8_t valueOrAddr[8];
    uint8_t size;
    uint8_t rsv[6];
} aclrtRandomParaInfo;
ACL_ABI_ASSERT(sizeof(aclrtRandomParaInfo) == 16, "sizeof aclrtRandomParaInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtRandomParaInfo) == 1, "alignof aclrtRandomParaInfo");
ACL_ABI_ASSERT(offsetof(aclrtRandomParaInfo, isAddr) == 0, "offsetof aclrtRandomParaInfo.isAddr");
ACL_ABI_ASSERT(offsetof(aclrtRandomParaInfo, valueOrAddr) == 1, "offsetof aclrtRandomParaInfo.valueOrAddr");
ACL_ABI_ASSERT(offsetof(aclrtRandomParaInfo, size) == 9, "offsetof aclrtRandomParaInfo.size");
ACL_ABI_ASSERT(offsetof(aclrtRandomParaInfo, rsv) == 10, "offsetof aclrtRandomParaInfo.rsv");

/** What a drop-out mask needs: the ratio. */
typedef struct aclrtDropoutBitmaskInfo {
    aclrtRandomParaInfo dropoutRation;
} aclrtDropoutBitmaskInfo;
ACL_ABI_ASSERT(sizeof(aclrtDropoutBitmaskInfo) == 16, "sizeof aclrtDropoutBitmaskInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtDropoutBitmaskInfo) == 1, "alignof aclrtDropoutBitmaskInfo");
ACL_ABI_ASSERT(offsetof(aclrtDropoutBitmaskInfo, dropoutRation) == 0, "offsetof aclrtDropoutBitmaskInfo.dropoutRation");

/** What a uniform distribution needs: its bounds. */
typedef struct aclrtUniformDisInfo {
    aclrtRandomParaInfo min;
    aclrtRandomParaInfo max;
} aclrtUniformDisInfo;
ACL_ABI_ASSERT(sizeof(aclrtUniformDisInfo) == 32, "sizeof aclrtUniformDisInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtUniformDisInfo) == 1, "alignof aclrtUniformDisInfo");
ACL_ABI_ASSERT(offsetof(aclrtUniformDisInfo, min) == 0, "offsetof aclrtUniformDisInfo.min");
ACL_ABI_ASSERT(offsetof(aclrtUniformDisInfo, max) == 16, "offsetof aclrtUniformDisInfo.max");

/** What a normal distribution needs: its mean and its standard deviation. */
typedef struct aclrtNormalDisInfo {
    aclrtRandomParaInfo mean;
    aclrtRandomParaInfo stddev;
} aclrtNormalDisInfo;
ACL_ABI_ASSERT(sizeof(aclrtNormalDisInfo) == 32, "sizeof aclrtNormalDisInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtNormalDisInfo) == 1, "alignof aclrtNormalDisInfo");
ACL_ABI_ASSERT(offsetof(aclrtNormalDisInfo, mean) == 0, "offsetof aclrtNormalDisInfo.mean");
ACL_ABI_ASSERT(offsetof(aclrtNormalDisInfo, stddev) == 16, "offsetof aclrtNormalDisInfo.stddev");

/** A distribution and its parameters. */
typedef struct aclrtRandomNumFuncParaInfo {
    aclrtRandomNumFuncType funcType;
    union {
        aclrtDropoutBitmaskInfo dropoutBitmaskInfo;
        aclrtUniformDisInfo uniformDisInfo;
        aclrtNormalDisInfo normalDisInfo;
    } paramInfo;
} aclrtRandomNumFuncParaInfo;
ACL_ABI_ASSERT(sizeof(aclrtRandomNumFuncParaInfo) == 36, "sizeof aclrtRandomNumFuncParaInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtRandomNumFuncParaInfo) == 4, "alignof aclrtRandomNumFuncParaInfo");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumFuncParaInfo, funcType) == 0, "offsetof aclrtRandomNumFuncParaInfo.funcType");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumFuncParaInfo, paramInfo) == 4, "offsetof aclrtRandomNumFuncParaInfo.paramInfo");

/** What random numbers to make, and where to put them. */
typedef struct aclrtRandomNumTaskInfo {
    aclDataType dataType;
    aclrtRandomNumFuncParaInfo randomNumFuncParaInfo;
    void *randomParaAddr;
    void *randomResultAddr;
    void *randomCounterAddr;
    aclrtRandomParaInfo randomSeed;
    aclrtRandomParaInfo randomNum;
    uint8_t rsv[8];
} aclrtRandomNumTaskInfo;
ACL_ABI_ASSERT(sizeof(aclrtRandomNumTaskInfo) == 104, "sizeof aclrtRandomNumTaskInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtRandomNumTaskInfo) == 8, "alignof aclrtRandomNumTaskInfo");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumTaskInfo, dataType) == 0, "offsetof aclrtRandomNumTaskInfo.dataType");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumTaskInfo, randomNumFuncParaInfo) == 4, "offsetof aclrtRandomNumTaskInfo.randomNumFuncParaInfo");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumTaskInfo, randomParaAddr) == 40, "offsetof aclrtRandomNumTaskInfo.randomParaAddr");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumTaskInfo, randomResultAddr) == 48, "offsetof aclrtRandomNumTaskInfo.randomResultAddr");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumTaskInfo, randomCounterAddr) == 56, "offsetof aclrtRandomNumTaskInfo.randomCounterAddr");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumTaskInfo, randomSeed) == 64, "offsetof aclrtRandomNumTaskInfo.randomSeed");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumTaskInfo, randomNum) == 80, "offsetof aclrtRandomNumTaskInfo.randomNum");
ACL_ABI_ASSERT(offsetof(aclrtRandomNumTaskInfo, rsv) == 96, "offsetof aclrtRandomNumTaskInfo.rsv");

/**
 * Makes random numbers in stream order.
 * @since v8.5.0-beta.1
 */
aclError aclrtRandomNumAsync(const aclrtRandomNumTaskInfo *taskInfo, const aclrtStream stream, void *reserve);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_RANDOM_H_ */
