/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Graphs: work that is captured once and executed many times. */
#ifndef ASCEND_SYS_RT_GRAPH_H_
#define ASCEND_SYS_RT_GRAPH_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque handle of a graph. */
typedef void *aclmdlRI;

/** Mode of a capture. */
typedef enum aclmdlRICaptureMode {
    ACL_MODEL_RI_CAPTURE_MODE_GLOBAL = 0,
    ACL_MODEL_RI_CAPTURE_MODE_THREAD_LOCAL = 1,
    ACL_MODEL_RI_CAPTURE_MODE_RELAXED = 2
} aclmdlRICaptureMode;
ACL_ABI_ASSERT(sizeof(aclmdlRICaptureMode) == 4, "sizeof aclmdlRICaptureMode");

/**
 * Begins to capture what is submitted to a stream.
 * @since v8.5.0-beta.1
 */
aclError aclmdlRICaptureBegin(aclrtStream stream, aclmdlRICaptureMode mode);

/**
 * Ends a capture and gets the graph.
 * @since v8.5.0-beta.1
 */
aclError aclmdlRICaptureEnd(aclrtStream stream, aclmdlRI *modelRI);

/**
 * Begins to build a graph from streams that are bound to it.
 * @since v8.5.0-beta.1
 */
aclError aclmdlRIBuildBegin(aclmdlRI *modelRI, uint32_t flag);

/**
 * Binds a stream to a graph that is being built.
 * @since v8.5.0-beta.1
 */
aclError aclmdlRIBindStream(aclmdlRI modelRI, aclrtStream stream, uint32_t flag);

/**
 * Marks the end of a graph on a stream.
 * @since v8.5.0-beta.1
 */
aclError aclmdlRIEndTask(aclmdlRI modelRI, aclrtStream stream);

/**
 * Ends the building of a graph.
 * @since v8.5.0-beta.1
 */
aclError aclmdlRIBuildEnd(aclmdlRI modelRI, void *reserve);

/**
 * Unbinds a stream from a graph.
 * @since v8.5.0-beta.1
 */
aclError aclmdlRIUnbindStream(aclmdlRI modelRI, aclrtStream stream);

/**
 * Executes a graph in stream order.
 * @since v8.5.0-beta.1
 */
aclError aclmdlRIExecuteAsync(aclmdlRI modelRI, aclrtStream stream);

/**
 * Destroys a graph.
 * @since v8.5.0-beta.1
 */
aclError aclmdlRIDestroy(aclmdlRI modelRI);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_GRAPH_H_ */
