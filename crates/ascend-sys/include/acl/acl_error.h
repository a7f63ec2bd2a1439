/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file The error codes of AscendCL. */
#ifndef ASCEND_SYS_ACL_ERROR_H_
#define ASCEND_SYS_ACL_ERROR_H_

#include <stdint.h>

/* One code a line: its meaning follows it and is what ascend-sys prints. */

/* success */
static const int ACL_ERROR_NONE = 0; /**< old spelling of success (deprecated alias of 0) */
static const int ACL_SUCCESS = 0; /**< call succeeded */
#define ACL_RT_SUCCESS 0 /**< success as seen from the runtime layer (alias of 0) */

/* 1xxxxx: a mistake of the caller or of the environment */
static const int ACL_ERROR_INVALID_PARAM = 100000; /**< an argument was rejected by the ACL front layer (null pointer, bad enum/flag, wrong key length...) */
static const int ACL_ERROR_UNINITIALIZE = 100001; /**< a feature that needs its own init (or aclInit) was used before that init */
static const int ACL_ERROR_REPEAT_INITIALIZE = 100002; /**< already initialised; from aclInit this only reports that the reference count went up and can be ignored */
static const int ACL_ERROR_INVALID_FILE = 100003; /**< a file (e.g. the aclInit JSON, a version.info) is missing or cannot be opened */
static const int ACL_ERROR_WRITE_FILE = 100004; /**< writing a file failed */
static const int ACL_ERROR_INVALID_FILE_SIZE = 100005; /**< file size is outside what the API accepts */
static const int ACL_ERROR_PARSE_FILE = 100006; /**< file content could not be parsed */
static const int ACL_ERROR_FILE_MISSING_ATTR = 100007; /**< a mandatory key is missing in a file */
static const int ACL_ERROR_FILE_ATTR_INVALID = 100008; /**< a key in a file has an invalid value */
static const int ACL_ERROR_INVALID_DUMP_CONFIG = 100009; /**< dump section of the configuration is invalid */
static const int ACL_ERROR_INVALID_PROFILING_CONFIG = 100010; /**< profiling section of the configuration is invalid */
static const int ACL_ERROR_INVALID_MODEL_ID = 100011; /**< model id is unknown */
static const int ACL_ERROR_DESERIALIZE_MODEL = 100012; /**< model blob could not be deserialised */
static const int ACL_ERROR_PARSE_MODEL = 100013; /**< model could not be parsed */
static const int ACL_ERROR_READ_MODEL_FAILURE = 100014; /**< model file could not be read */
static const int ACL_ERROR_MODEL_SIZE_INVALID = 100015; /**< model size is invalid */
static const int ACL_ERROR_MODEL_MISSING_ATTR = 100016; /**< model lacks a required attribute */
static const int ACL_ERROR_MODEL_INPUT_NOT_MATCH = 100017; /**< model inputs do not match */
static const int ACL_ERROR_MODEL_OUTPUT_NOT_MATCH = 100018; /**< model outputs do not match */
static const int ACL_ERROR_MODEL_NOT_DYNAMIC = 100019; /**< model is not a dynamic-shape model */
static const int ACL_ERROR_OP_TYPE_NOT_MATCH = 100020; /**< operator type does not match */
static const int ACL_ERROR_OP_INPUT_NOT_MATCH = 100021; /**< operator inputs do not match */
static const int ACL_ERROR_OP_OUTPUT_NOT_MATCH = 100022; /**< operator outputs do not match */
static const int ACL_ERROR_OP_ATTR_NOT_MATCH = 100023; /**< operator attributes do not match */
static const int ACL_ERROR_OP_NOT_FOUND = 100024; /**< no such operator */
static const int ACL_ERROR_OP_LOAD_FAILED = 100025; /**< operator could not be loaded */
static const int ACL_ERROR_UNSUPPORTED_DATA_TYPE = 100026; /**< data type not supported */
static const int ACL_ERROR_FORMAT_NOT_MATCH = 100027; /**< tensor layout (format) mismatch */
static const int ACL_ERROR_BIN_SELECTOR_NOT_REGISTERED = 100028; /**< no binary selector registered for the operator */
static const int ACL_ERROR_KERNEL_NOT_FOUND = 100029; /**< kernel not registered */
static const int ACL_ERROR_BIN_SELECTOR_ALREADY_REGISTERED = 100030; /**< binary selector registered twice */
static const int ACL_ERROR_KERNEL_ALREADY_REGISTERED = 100031; /**< kernel registered twice */
static const int ACL_ERROR_INVALID_QUEUE_ID = 100032; /**< queue id is invalid */
static const int ACL_ERROR_REPEAT_SUBSCRIBE = 100033; /**< stream already subscribed (ACL-level code; the runtime path uses 107011/107012) */
static const int ACL_ERROR_STREAM_NOT_SUBSCRIBE = 100034; /**< stream has no subscribed callback thread (deprecated, see 107015) */
static const int ACL_ERROR_THREAD_NOT_SUBSCRIBE = 100035; /**< thread is not subscribed (deprecated, see 107012) */
static const int ACL_ERROR_WAIT_CALLBACK_TIMEOUT = 100036; /**< no callback arrived in time (deprecated, see 507012) */
static const int ACL_ERROR_REPEAT_FINALIZE = 100037; /**< finalise called although nothing is initialised any more */
static const int ACL_ERROR_NOT_STATIC_AIPP = 100038; /**< static AIPP information absent (deprecated) */
static const int ACL_ERROR_COMPILING_STUB_MODE = 100039; /**< the link-time stub library was loaded at run time instead of the real one */
static const int ACL_ERROR_GROUP_NOT_SET = 100040; /**< no group selected (deprecated, see 107013) */
static const int ACL_ERROR_GROUP_NOT_CREATE = 100041; /**< group does not exist (deprecated, see 107014) */
static const int ACL_ERROR_PROF_ALREADY_RUN = 100042; /**< a profiling job is already active */
static const int ACL_ERROR_PROF_NOT_RUN = 100043; /**< profiling was not initialised */
static const int ACL_ERROR_DUMP_ALREADY_RUN = 100044; /**< a dump job is already active */
static const int ACL_ERROR_DUMP_NOT_RUN = 100045; /**< dump was not initialised */
#define ACL_ERROR_RT_PARAM_INVALID 107000 /**< runtime rejected an argument or a call order (catch-all for illegal values, flags, states) */
#define ACL_ERROR_RT_INVALID_DEVICEID 107001 /**< device id out of range / unknown */
#define ACL_ERROR_RT_CONTEXT_NULL 107002 /**< calling thread has no usable current context */
#define ACL_ERROR_RT_STREAM_CONTEXT 107003 /**< the stream belongs to a different context than the current one */
#define ACL_ERROR_RT_MODEL_CONTEXT 107004 /**< the model belongs to a different context */
#define ACL_ERROR_RT_STREAM_MODEL 107005 /**< the stream is not part of that model */
#define ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID 107006 /**< event carries no usable timestamp (not completed, or timing not enabled) */
#define ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL 107007 /**< end timestamp precedes start timestamp */
#define ACL_ERROR_RT_ADDR_UNALIGNED 107008 /**< address misaligned */
#define ACL_ERROR_RT_FILE_OPEN 107009 /**< file cannot be opened */
#define ACL_ERROR_RT_FILE_WRITE 107010 /**< file cannot be written */
#define ACL_ERROR_RT_STREAM_SUBSCRIBE 107011 /**< stream not subscribed, or subscribed twice */
#define ACL_ERROR_RT_THREAD_SUBSCRIBE 107012 /**< thread not subscribed, or subscribed twice */
#define ACL_ERROR_RT_GROUP_NOT_SET 107013 /**< no group selected */
#define ACL_ERROR_RT_GROUP_NOT_CREATE 107014 /**< group does not exist */
#define ACL_ERROR_RT_STREAM_NO_CB_REG 107015 /**< stream has no registered callback thread */
#define ACL_ERROR_RT_INVALID_MEMORY_TYPE 107016 /**< memory type invalid */
#define ACL_ERROR_RT_INVALID_HANDLE 107017 /**< handle failed validation (wrong kind, already destroyed) or the driver rejected a handle */
#define ACL_ERROR_RT_INVALID_MALLOC_TYPE 107018 /**< memory was allocated with an unsuitable type */
#define ACL_ERROR_RT_WAIT_TIMEOUT 107019 /**< a wait expired */
#define ACL_ERROR_RT_TASK_TIMEOUT 107020 /**< a task expired */
#define ACL_ERROR_RT_SYSPARAMOPT_NOT_SET 107021 /**< system option never set in this context */
#define ACL_ERROR_RT_DEVICE_TASK_ABORT 107022 /**< device is in the task-abort state (or was aborted), call refused */
#define ACL_ERROR_RT_STREAM_ABORT 107023 /**< stream is being / was aborted; a pending synchronise returns this */
#define ACL_ERROR_RT_CAPTURE_DEPENDENCY 107024 /**< captured wait has no matching captured record */
#define ACL_ERROR_RT_STREAM_UNJOINED 107025 /**< forked capture stream was not joined back */
#define ACL_ERROR_RT_MODEL_CAPTURED 107026 /**< model is in capture state */
#define ACL_ERROR_RT_STREAM_CAPTURED 107027 /**< stream is in capture state, operation not allowed */
#define ACL_ERROR_RT_EVENT_CAPTURED 107028 /**< event is in capture state, operation not allowed */
#define ACL_ERROR_RT_STREAM_NOT_CAPTURED 107029 /**< stream is not in capture state although it must be */
#define ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT 107030 /**< operation not permitted by the active capture mode */
#define ACL_ERROR_RT_STREAM_CAPTURE_IMPLICIT 107031 /**< default stream cannot be used while capturing */
#define ACL_ERROR_STREAM_CAPTURE_CONFLICT 107032 /**< event and stream belong to different captures */
#define ACL_ERROR_STREAM_TASK_GROUP_STATUS 107033 /**< task group in a wrong state */
#define ACL_ERROR_STREAM_TASK_GROUP_INTR 107034 /**< task group recording was interrupted */
#define ACL_ERROR_RT_TASK_ABORT_STOP 107035 /**< device task abort stopped before its post-processing */
#define ACL_ERROR_RT_STREAM_CAPTURE_UNMATCHED 107036 /**< capture end without capture begin on that stream */
#define ACL_ERROR_RT_MODEL_RUNNING 107037 /**< model still running */
#define ACL_ERROR_RT_STREAM_CAPTURE_WRONG_THREAD 107038 /**< capture end called on another thread than capture begin */
#define ACL_ERROR_RT_INSUFFICIENT_INPUT_ARRAY 107039 /**< caller-provided array too small */
#define ACL_ERROR_RT_MODEL_UPDATE_FAILED 107040 /**< model update failed */
#define ACL_ERROR_RT_CAPTURE_MODE_BLOCK_ASYNC 107041 /**< active capture mode forbids turning an asynchronous call into a blocking one */
#define ACL_ERROR_RT_SYMBOL_NOT_FOUND 107042 /**< device symbol not found */
#define ACL_ERROR_RT_INVALID_SYMBOL 107043 /**< not a valid device symbol */
#define ACL_ERROR_RT_INVALID_DEVICE_FUNCTION 107044 /**< not a valid device function */
#define ACL_ERROR_RT_SUB_ACLGRAPH_IS_CAPTURING 107045 /**< a nested graph is still capturing */
static const uint32_t ACL_ERROR_GE_PARAM_INVALID = 145000; /**< graph engine rejected an argument */
static const uint32_t ACL_ERROR_GE_EXEC_NOT_INIT = 145001; /**< graph executor not initialised */
static const uint32_t ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID = 145002; /**< model path invalid */
static const uint32_t ACL_ERROR_GE_EXEC_MODEL_ID_INVALID = 145003; /**< model id invalid (executor) */
static const uint32_t ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID = 145006; /**< model data size invalid */
static const uint32_t ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID = 145007; /**< model address invalid */
static const uint32_t ACL_ERROR_GE_EXEC_MODEL_QUEUE_ID_INVALID = 145008; /**< model queue id invalid */
static const uint32_t ACL_ERROR_GE_EXEC_LOAD_MODEL_REPEATED = 145009; /**< model loaded or executor initialised twice */
static const uint32_t ACL_ERROR_GE_DYNAMIC_INPUT_ADDR_INVALID = 145011; /**< dynamic input address invalid */
static const uint32_t ACL_ERROR_GE_DYNAMIC_INPUT_LENGTH_INVALID = 145012; /**< dynamic input length invalid */
static const uint32_t ACL_ERROR_GE_DYNAMIC_BATCH_SIZE_INVALID = 145013; /**< dynamic batch size invalid */
static const uint32_t ACL_ERROR_GE_AIPP_BATCH_EMPTY = 145014; /**< AIPP batch size invalid */
static const uint32_t ACL_ERROR_GE_AIPP_NOT_EXIST = 145015; /**< no AIPP configuration */
static const uint32_t ACL_ERROR_GE_AIPP_MODE_INVALID = 145016; /**< AIPP mode invalid */
static const uint32_t ACL_ERROR_GE_OP_TASK_TYPE_INVALID = 145017; /**< operator task type invalid */
static const uint32_t ACL_ERROR_GE_OP_KERNEL_TYPE_INVALID = 145018; /**< operator kernel type invalid */
static const uint32_t ACL_ERROR_GE_PLGMGR_PATH_INVALID = 145019; /**< plug-in library path invalid */
static const uint32_t ACL_ERROR_GE_FORMAT_INVALID = 145020; /**< tensor layout invalid */
static const uint32_t ACL_ERROR_GE_SHAPE_INVALID = 145021; /**< tensor shape invalid */
static const uint32_t ACL_ERROR_GE_DATATYPE_INVALID = 145022; /**< tensor data type invalid */
static const int ACL_ERROR_PROF_REPEAT_SUBSCRIBE = 148046; /**< same model subscribed for profiling twice */
static const int ACL_ERROR_PROF_API_CONFLICT = 148047; /**< two mutually exclusive profiling API families were mixed */
static const int ACL_ERROR_INVALID_MAX_OPQUEUE_NUM_CONFIG = 148048; /**< max_opqueue_num value in the init configuration is invalid */
static const int ACL_ERROR_INVALID_OPP_PATH = 148049; /**< ASCEND_OPP_PATH unset or wrong */
static const int ACL_ERROR_OP_UNSUPPORTED_DYNAMIC = 148050; /**< operator has no dynamic-shape support */
static const int ACL_ERROR_RELATIVE_RESOURCE_NOT_CLEARED = 148051; /**< dependent resource still alive */
static const int ACL_ERROR_UNSUPPORTED_JPEG = 148052; /**< JPEG encoding not supported by the decoder */
static const int ACL_ERROR_INVALID_BUNDLE_MODEL_ID = 148053; /**< bundle model id is unknown */

/* 2xxxxx: a resource is short, or this hardware cannot do it */
static const int ACL_ERROR_BAD_ALLOC = 200000; /**< allocation failed in the ACL layer */
static const int ACL_ERROR_API_NOT_SUPPORT = 200001; /**< API not supported */
static const int ACL_ERROR_INVALID_DEVICE = 200002; /**< device invalid (deprecated, see 107001) */
static const int ACL_ERROR_MEMORY_ADDRESS_UNALIGNED = 200003; /**< address does not satisfy the alignment rule */
static const int ACL_ERROR_RESOURCE_NOT_MATCH = 200004; /**< stream/context/... do not belong together */
static const int ACL_ERROR_INVALID_RESOURCE_HANDLE = 200005; /**< stream/context/... handle destroyed or in use */
static const int ACL_ERROR_FEATURE_UNSUPPORTED = 200006; /**< reserved flag or unsupported feature requested (ACL layer, e.g. non-zero peer-access flags) */
static const int ACL_ERROR_PROF_MODULES_UNSUPPORTED = 200007; /**< unsupported profiling modules requested */
#define ACL_ERROR_RT_FEATURE_NOT_SUPPORT 207000 /**< chip, driver, event kind or mode does not support the request */
#define ACL_ERROR_RT_MEMORY_ALLOCATION 207001 /**< out of memory (device or host object allocation) */
#define ACL_ERROR_RT_MEMORY_FREE 207002 /**< freeing memory failed */
#define ACL_ERROR_RT_AICORE_OVER_FLOW 207003 /**< AI core numeric overflow detected */
#define ACL_ERROR_RT_NO_DEVICE 207004 /**< no device available / visible */
#define ACL_ERROR_RT_RESOURCE_ALLOC_FAIL 207005 /**< a device resource could not be allocated */
#define ACL_ERROR_RT_NO_PERMISSION 207006 /**< operation not permitted (driver: access denied) */
#define ACL_ERROR_RT_NO_EVENT_RESOURCE 207007 /**< event ids exhausted */
#define ACL_ERROR_RT_NO_STREAM_RESOURCE 207008 /**< stream ids exhausted */
#define ACL_ERROR_RT_NO_NOTIFY_RESOURCE 207009 /**< notify ids exhausted */
#define ACL_ERROR_RT_NO_MODEL_RESOURCE 207010 /**< model ids exhausted */
#define ACL_ERROR_RT_NO_CDQ_RESOURCE 207011 /**< CDQ resources exhausted */
#define ACL_ERROR_RT_OVER_LIMIT 207012 /**< a count limit was exceeded */
#define ACL_ERROR_RT_QUEUE_EMPTY 207013 /**< queue empty */
#define ACL_ERROR_RT_QUEUE_FULL 207014 /**< queue full */
#define ACL_ERROR_RT_REPEATED_INIT 207015 /**< initialised twice (driver/queue) */
#define ACL_ERROR_RT_AIVEC_OVER_FLOW 207016 /**< vector core numeric overflow detected */
#define ACL_ERROR_RT_OVER_FLOW 207017 /**< numeric overflow detected */
#define ACL_ERROR_RT_DEVICE_OOM 207018 /**< device memory exhausted (device side) */
#define ACL_ERROR_RT_FEATURE_NOT_SUPPORT_UPDATE_OP 207019 /**< driver too old to update this operator */
#define ACL_ERROR_RT_TIMEOUT 207020 /**< driver call timed out */
#define ACL_ERROR_RT_LINK_TYPE_NOT_SUPPORTED 207021 /**< requested interconnect type not available */
static const uint32_t ACL_ERROR_GE_MEMORY_ALLOCATION = 245000; /**< graph engine out of memory */
static const uint32_t ACL_ERROR_GE_MEMORY_OPERATE_FAILED = 245001; /**< graph engine memory operation failed */
static const uint32_t ACL_ERROR_GE_DEVICE_MEMORY_OPERATE_FAILED = 245002; /**< graph engine device memory operation/allocation failed */

/* 3xxxxx: a state of the queue or model */
static const int ACL_ERROR_STORAGE_OVER_LIMIT = 300000; /**< storage limit exceeded */
static const uint32_t ACL_ERROR_GE_SUBHEALTHY = 345102; /**< redeployment finished, system only partly healthy but usable */
static const uint32_t ACL_ERROR_GE_USER_RAISE_EXCEPTION = 345103; /**< user function raised an exception */
static const uint32_t ACL_ERROR_GE_DATA_NOT_ALIGNED = 345104; /**< data-flow outputs not aligned */

/* 5xxxxx: an internal or hardware fault */
static const int ACL_ERROR_INTERNAL_ERROR = 500000; /**< unknown internal error (also the catch-all mapping) */
static const int ACL_ERROR_FAILURE = 500001; /**< generic internal failure */
static const int ACL_ERROR_GE_FAILURE = 500002; /**< failure inside the graph engine */
static const int ACL_ERROR_RT_FAILURE = 500003; /**< failure inside the runtime */
static const int ACL_ERROR_DRV_FAILURE = 500004; /**< failure inside the driver */
static const int ACL_ERROR_PROFILING_FAILURE = 500005; /**< failure inside profiling */
#define ACL_ERROR_RT_INTERNAL_ERROR 507000 /**< runtime internal error (also the mapping of unknown internal codes and of several state errors) */
#define ACL_ERROR_RT_TS_ERROR 507001 /**< device task scheduler internal error */
#define ACL_ERROR_RT_STREAM_TASK_FULL 507002 /**< stream queue full */
#define ACL_ERROR_RT_STREAM_TASK_EMPTY 507003 /**< stream queue empty */
#define ACL_ERROR_RT_STREAM_NOT_COMPLETE 507004 /**< stream still has unfinished tasks (used for not-ready) */
#define ACL_ERROR_RT_END_OF_SEQUENCE 507005 /**< data sequence ended; reported by synchronise, not a fault */
#define ACL_ERROR_RT_EVENT_NOT_COMPLETE 507006 /**< event still pending (used for not-ready) */
#define ACL_ERROR_RT_CONTEXT_RELEASE_ERROR 507007 /**< context already released / cannot be released (e.g. reset without set) */
#define ACL_ERROR_RT_SOC_VERSION 507008 /**< SoC version lookup failed */
#define ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT 507009 /**< task type not supported */
#define ACL_ERROR_RT_LOST_HEARTBEAT 507010 /**< task scheduler heartbeat lost, or the bus to the device is down */
#define ACL_ERROR_RT_MODEL_EXECUTE 507011 /**< model execution failed */
#define ACL_ERROR_RT_REPORT_TIMEOUT 507012 /**< timed out waiting for a report/callback or for a driver wait */
#define ACL_ERROR_RT_SYS_DMA 507013 /**< DMA engine error */
#define ACL_ERROR_RT_AICORE_TIMEOUT 507014 /**< AI core task timed out */
#define ACL_ERROR_RT_AICORE_EXCEPTION 507015 /**< AI core exception */
#define ACL_ERROR_RT_AICORE_TRAP_EXCEPTION 507016 /**< AI core trap */
#define ACL_ERROR_RT_AICPU_TIMEOUT 507017 /**< AI CPU task timed out */
#define ACL_ERROR_RT_AICPU_EXCEPTION 507018 /**< AI CPU exception */
#define ACL_ERROR_RT_AICPU_DATADUMP_RSP_ERR 507019 /**< AI CPU did not answer after a data dump */
#define ACL_ERROR_RT_AICPU_MODEL_RSP_ERR 507020 /**< AI CPU did not answer after model operation */
#define ACL_ERROR_RT_PROFILING_ERROR 507021 /**< profiling failure */
#define ACL_ERROR_RT_IPC_ERROR 507022 /**< inter-process communication failure (generic) */
#define ACL_ERROR_RT_MODEL_ABORT_NORMAL 507023 /**< model left in the regular way; reported by synchronise, not a fault */
#define ACL_ERROR_RT_KERNEL_UNREGISTERING 507024 /**< kernel is being unregistered */
#define ACL_ERROR_RT_RINGBUFFER_NOT_INIT 507025 /**< ring buffer not initialised */
#define ACL_ERROR_RT_RINGBUFFER_NO_DATA 507026 /**< ring buffer empty */
#define ACL_ERROR_RT_KERNEL_LOOKUP 507027 /**< kernel lookup failed */
#define ACL_ERROR_RT_KERNEL_DUPLICATE 507028 /**< kernel registered twice */
#define ACL_ERROR_RT_DEBUG_REGISTER_FAIL 507029 /**< debug registration failed */
#define ACL_ERROR_RT_DEBUG_UNREGISTER_FAIL 507030 /**< debug deregistration failed */
#define ACL_ERROR_RT_LABEL_CONTEXT 507031 /**< label belongs to another context */
#define ACL_ERROR_RT_PROGRAM_USE_OUT 507032 /**< too many registered programs */
#define ACL_ERROR_RT_DEV_SETUP_ERROR 507033 /**< device could not be brought up */
#define ACL_ERROR_RT_VECTOR_CORE_TIMEOUT 507034 /**< vector core task timed out */
#define ACL_ERROR_RT_VECTOR_CORE_EXCEPTION 507035 /**< vector core exception */
#define ACL_ERROR_RT_VECTOR_CORE_TRAP_EXCEPTION 507036 /**< vector core trap */
#define ACL_ERROR_RT_CDQ_BATCH_ABNORMAL 507037 /**< CDQ batch allocation failed */
#define ACL_ERROR_RT_DIE_MODE_CHANGE_ERROR 507038 /**< die mode cannot be changed */
#define ACL_ERROR_RT_DIE_SET_ERROR 507039 /**< die cannot be selected in single-die mode */
#define ACL_ERROR_RT_INVALID_DIEID 507040 /**< die id invalid */
#define ACL_ERROR_RT_DIE_MODE_NOT_SET 507041 /**< die mode not set */
#define ACL_ERROR_RT_AICORE_TRAP_READ_OVERFLOW 507042 /**< AI core out-of-bounds read trap */
#define ACL_ERROR_RT_AICORE_TRAP_WRITE_OVERFLOW 507043 /**< AI core out-of-bounds write trap */
#define ACL_ERROR_RT_VECTOR_CORE_TRAP_READ_OVERFLOW 507044 /**< vector core out-of-bounds read trap */
#define ACL_ERROR_RT_VECTOR_CORE_TRAP_WRITE_OVERFLOW 507045 /**< vector core out-of-bounds write trap */
#define ACL_ERROR_RT_STREAM_SYNC_TIMEOUT 507046 /**< stream/device synchronise reached its timeout (work still pending) */
#define ACL_ERROR_RT_EVENT_SYNC_TIMEOUT 507047 /**< event synchronise reached its timeout (event still pending) */
#define ACL_ERROR_RT_FFTS_PLUS_TIMEOUT 507048 /**< FFTS+ task timed out */
#define ACL_ERROR_RT_FFTS_PLUS_EXCEPTION 507049 /**< FFTS+ task exception */
#define ACL_ERROR_RT_FFTS_PLUS_TRAP_EXCEPTION 507050 /**< FFTS+ task trap */
#define ACL_ERROR_RT_SEND_MSG 507051 /**< host-device message could not be sent */
#define ACL_ERROR_RT_COPY_DATA 507052 /**< data copy during enqueue failed */
#define ACL_ERROR_RT_DEVICE_MEM_ERROR 507053 /**< uncorrectable device memory error */
#define ACL_ERROR_RT_HBM_MULTI_BIT_ECC_ERROR 507054 /**< multi-bit ECC error in HBM */
#define ACL_ERROR_RT_SUSPECT_DEVICE_MEM_ERROR 507055 /**< probable memory error on a peer device */
#define ACL_ERROR_RT_LINK_ERROR 507056 /**< link between devices broken */
#define ACL_ERROR_RT_SUSPECT_REMOTE_ERROR 507057 /**< probable remote memory error or local out-of-bounds access */
#define ACL_ERROR_RT_DRV_INTERNAL_ERROR 507899 /**< driver internal error (also any unmapped driver code) */
#define ACL_ERROR_RT_AICPU_INTERNAL_ERROR 507900 /**< AI CPU internal error */
#define ACL_ERROR_RT_SOCKET_CLOSE 507901 /**< host-device channel closed */
#define ACL_ERROR_RT_AICPU_INFO_LOAD_RSP_ERR 507902 /**< AI CPU info-load answer error */
#define ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED 507903 /**< capture became invalid */
#define ACL_ERROR_RT_COMM_OP_RETRY_FAIL 507904 /**< retry of a communication operator failed */
#define ACL_ERROR_SNAPSHOT_LOCK_TIMEOUT 507905 /**< process snapshot lock timed out */
#define ACL_ERROR_SNAPSHOT_LOCK_FAILED 507906 /**< process snapshot lock failed */
#define ACL_ERROR_SNAPSHOT_UNLOCK_FAILED 507907 /**< process snapshot unlock failed */
#define ACL_ERROR_SNAPSHOT_BACKUP_FAILED 507908 /**< process snapshot backup failed */
#define ACL_ERROR_SNAPSHOT_RESTORE_FAILED 507909 /**< process snapshot restore failed */
#define ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED 507910 /**< host range already registered */
#define ACL_ERROR_HOST_MEMORY_NOT_REGISTERED 507911 /**< host range was never registered */
#define ACL_ERROR_SNAPSHOT_CALLBACK_FAILED 507912 /**< a snapshot callback reported failure */
#define ACL_ERROR_SNAPSHOT_REGISTER_CALLBACK_FAILED 507913 /**< snapshot callback could not be registered */
#define ACL_ERROR_RT_L3_PORT_ERROR 507914 /**< L3 port fault */
#define ACL_ERROR_RT_CCU_TIMEOUT 507915 /**< CCU task timed out */
#define ACL_ERROR_RT_CCU_EXCEPTION 507916 /**< CCU task exception */
static const uint32_t ACL_ERROR_GE_INTERNAL_ERROR = 545000; /**< graph engine internal error */
static const uint32_t ACL_ERROR_GE_LOAD_MODEL = 545001; /**< model load failed internally */
static const uint32_t ACL_ERROR_GE_EXEC_LOAD_MODEL_PARTITION_FAILED = 545002; /**< model partition load failed */
static const uint32_t ACL_ERROR_GE_EXEC_LOAD_WEIGHT_PARTITION_FAILED = 545003; /**< weight partition load failed */
static const uint32_t ACL_ERROR_GE_EXEC_LOAD_TASK_PARTITION_FAILED = 545004; /**< task partition load failed */
static const uint32_t ACL_ERROR_GE_EXEC_LOAD_KERNEL_PARTITION_FAILED = 545005; /**< kernel partition load failed */
static const uint32_t ACL_ERROR_GE_EXEC_RELEASE_MODEL_DATA = 545006; /**< model data release failed */
static const uint32_t ACL_ERROR_GE_COMMAND_HANDLE = 545007; /**< internal command failed */
static const uint32_t ACL_ERROR_GE_GET_TENSOR_INFO = 545008; /**< tensor information unavailable */
static const uint32_t ACL_ERROR_GE_UNLOAD_MODEL = 545009; /**< model unload failed */
static const uint32_t ACL_ERROR_GE_MODEL_EXECUTE_TIMEOUT = 545601; /**< model execution timed out */
static const uint32_t ACL_ERROR_GE_REDEPLOYING = 545602; /**< redeployment in progress */

#endif /* ASCEND_SYS_ACL_ERROR_H_ */
