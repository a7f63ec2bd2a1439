/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Flags, limits and version numbers. */
#ifndef ASCEND_SYS_RT_FLAGS_H_
#define ASCEND_SYS_RT_FLAGS_H_

#define ACL_MAJOR_VERSION                                  1 /**< Major number of the ACL API version. */
#define ACL_MINOR_VERSION                                  17 /**< Minor number of the ACL API version. */
#define ACL_PATCH_VERSION                                  0 /**< Patch number of the ACL API version. */
#define ACL_EVENT_SYNC                                     1U /**< Event flag: streams can wait for the event. */
#define ACL_EVENT_CAPTURE_STREAM_PROGRESS                  2U /**< Event flag: captures the progress of the stream. */
#define ACL_EVENT_TIME_LINE                                8U /**< Event flag: takes a timestamp, needed for elapsed time. */
#define ACL_EVENT_DEVICE_USE_ONLY                          0x10U /**< Event flag: device use only; must stand alone; host record/wait/reset gives 107000. */
#define ACL_EVENT_EXTERNAL                                 0x20U /**< Event flag: external event; must stand alone; query and host synchronise give 207000. */
#define ACL_EVENT_IPC                                      0x40U /**< Event flag: shareable between processes; alone, and only for aclrtCreateEventExWithFlag. */
#define ACL_STREAM_FAST_LAUNCH                             1U /**< Stream flag: fast launch. */
#define ACL_STREAM_FAST_SYNC                               2U /**< Stream flag: fast synchronise. */
#define ACL_STREAM_PERSISTENT                              4U /**< Stream flag: persistent stream; synchronising it returns success without waiting. */
#define ACL_STREAM_HUGE                                    8U /**< Stream flag: huge stream. */
#define ACL_STREAM_CPU_SCHEDULE                            0x10U /**< Stream flag: CPU schedule. */
#define ACL_STREAM_DEVICE_USE_ONLY                         0x20U /**< Stream flag: device use only. */
#define ACL_STREAM_WAIT_VALUE_GEQ                          0U /**< aclrtValueWait flag: passes when the signed difference is >= 0. */
#define ACL_STREAM_WAIT_VALUE_EQ                           1U /**< aclrtValueWait flag: passes when the values are equal. */
#define ACL_STREAM_WAIT_VALUE_AND                          2U /**< aclrtValueWait flag: passes when the bitwise AND is not zero. */
#define ACL_STREAM_WAIT_VALUE_NOR                          3U /**< aclrtValueWait flag: passes when the complement of the OR is not zero. */
#define ACL_CONTINUE_ON_FAILURE                            0U /**< Failure mode: the stream goes on after a fault (default). */
#define ACL_STOP_ON_FAILURE                                1U /**< Failure mode: after a fault the whole context keeps returning the stored error. */
#define ACL_NOTIFY_DEFAULT                                 0U /**< Notify flag: default. */
#define ACL_NOTIFY_DEVICE_USE_ONLY                         1U /**< Notify flag: device use only. */
#define ACL_DEV_FEATURE_SUPPORT                            1 /**< Value of aclrtGetDeviceCapability: the feature is supported. */
#define ACL_DEV_FEATURE_NOT_SUPPORT                        0 /**< Value of aclrtGetDeviceCapability: the feature is not supported. */
#define ACL_RT_NOTIFY_EXPORT_FLAG_DEFAULT                  0UL /**< Notify export flag: importers are checked against the PID whitelist. */
#define ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION   2UL /**< Notify export flag: no PID check; the bit is 2 here but 1 for memory. */
#define ACL_RT_NOTIFY_IMPORT_FLAG_DEFAULT                  0UL /**< Notify import flag: default. */
#define ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS       2UL /**< Notify import flag: also enables peer access. */
#define ACL_RT_IPC_MEM_EXPORT_FLAG_DEFAULT                 0UL /**< IPC memory export flag: importers are checked against the PID whitelist. */
#define ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION  1UL /**< IPC memory export flag: no PID check; the bit is 1 here but 2 for notify. */
#define ACL_RT_IPC_MEM_IMPORT_FLAG_DEFAULT                 0UL /**< IPC memory import flag: default. */
#define ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS      1UL /**< IPC memory import flag: also enables peer access. */
#define ACL_RT_VMM_EXPORT_FLAG_DEFAULT                     0UL /**< Physical memory export flag: importers are checked against the PID whitelist. */
#define ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION      1UL /**< Physical memory export flag: no PID check; excludes setting a whitelist. */
#define ACL_HOST_REG_MAPPED                                2UL /**< Host registration flag: mapped for the device. */
#define ACL_HOST_REG_IOMEMORY                              4UL /**< Host registration flag: I/O memory. */
#define ACL_HOST_REG_READONLY                              8UL /**< Host registration flag: read-only. */
#define ACL_HOST_REG_PINNED                                0x10000000UL /**< Host registration flag: pinned. */
#define ACL_MDLRI_DEBUG_JSON_PRINT_SUMMARY                 0UL /**< Debug JSON print flag: summary. */
#define ACL_MDLRI_DEBUG_JSON_PRINT_VERBOSE                 1UL /**< Debug JSON print flag: verbose. */
#define ACL_RT_MAX_RECORD_PA_NUM_PER_DEV                   0x14U /**< Maximum number of recorded PA entries per device. */
#define ACL_IPC_EVENT_HANDLE_SIZE                          0x40U /**< Size in bytes of an IPC event handle. */
#define ACL_RT_MEM_ATTACH_GLOBAL                           1U /**< Managed memory flag: global attachment. */
#define ACL_RT_MEM_LINK_IDX_0                              0U /**< Memory link index 0. */
#define ACL_RT_MEM_LINK_IDX_1                              1U /**< Memory link index 1. */
#define ACL_HOST_DEVICE_CONNECT_TYPE_PCIE                  0 /**< Host-device connection: PCIe. */
#define ACL_HOST_DEVICE_CONNECT_TYPE_HCCS                  1 /**< Host-device connection: HCCS. */
#define ACL_HOST_DEVICE_CONNECT_TYPE_UB                    2 /**< Host-device connection: UB. */
#define ACL_EVENT_RECORD_DEFAULT                           0U /**< Record flag: ordinary record. */
#define ACL_EVENT_RECORD_EXTERNAL                          1U /**< Record flag: external; needs a capturing stream and an Ex-created event with exactly SYNC. */
#define ACL_EVENT_WAIT_DEFAULT                             0U /**< Wait flag: ordinary wait. */
#define ACL_EVENT_WAIT_EXTERNAL                            1U /**< Wait flag: external; needs timeout 0, a capturing stream and an Ex-created SYNC event. */
#define ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_SIO                0 /**< Access link of IPC memory: SIO. */
#define ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_HCCS               1 /**< Access link of IPC memory: HCCS. */
#define ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_UB_ONE_PORT_PATH   2 /**< Access link of IPC memory: UB path over one port. */
#define ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_UB_MULTI_PORT_PATH 3 /**< Access link of IPC memory: UB path over several ports. */
#define MAX_MEM_UCE_INFO_ARRAY_SIZE                        0x80 /**< Maximum size named for memory UCE arrays; aclrtMemUceInfoArray itself holds 20. */
#define UCE_INFO_RESERVED_SIZE                             0xe /**< Number of reserved words in aclrtMemUceInfo. */
#define ACL_RT_MEM_UCE_INFO_MAX_NUM                        0x14 /**< Number of entries in aclrtMemUceInfoArray. */
#define ACL_RT_BINARY_MAGIC_ELF_AICORE                     0x43554245U /**< Magic number of AI core ELF binaries. */
#define ACL_RT_BINARY_MAGIC_ELF_VECTOR_CORE                0x41415246U /**< Magic number of vector core ELF binaries. */
#define ACL_RT_BINARY_MAGIC_ELF_CUBE_CORE                  0x41494343U /**< Magic number of cube core ELF binaries. */
#define ACL_DEVICE_FORM_FACTOR_POD                         0 /**< Device form factor: pod. */
#define ACL_DEVICE_FORM_FACTOR_A_K                         1 /**< Device form factor: A_K. */
#define ACL_DEVICE_FORM_FACTOR_A_X                         2 /**< Device form factor: A_X. */
#define ACL_DEVICE_FORM_FACTOR_PCIE_CARD                   3 /**< Device form factor: PCIe card. */
#define ACL_RT_CMO_MAX_BARRIER_NUM                         6U /**< Maximum number of CMO barriers. */
#define ACL_RT_DEVS_TOPOLOGY_HCCS                          1ULL /**< Topology bit: HCCS. */
#define ACL_RT_DEVS_TOPOLOGY_PIX                           2ULL /**< Topology bit: PIX. */
#define ACL_RT_DEVS_TOPOLOGY_PIB                           4ULL /**< Topology bit: PIB. */
#define ACL_RT_DEVS_TOPOLOGY_PHB                           8ULL /**< Topology bit: PHB. */
#define ACL_RT_DEVS_TOPOLOGY_SYS                           0x10ULL /**< Topology bit: SYS. */
#define ACL_RT_DEVS_TOPOLOGY_SIO                           0x20ULL /**< Topology bit: SIO. */
#define ACL_RT_DEVS_TOPOLOGY_HCCS_SW                       0x40ULL /**< Topology bit: HCCS_SW. */
#define ACL_RT_MEM_TYPE_DEV                                2U /**< Memory type bit for aclrtCheckMemType: device. */
#define ACL_RT_MEM_TYPE_DVPP                               8U /**< Memory type bit for aclrtCheckMemType: DVPP. */
#define ACL_RT_MEM_TYPE_RSVD                               0x10U /**< Memory type bit for aclrtCheckMemType: reserved. */
#define ACL_PKG_VERSION_MAX_SIZE                           0x80 /**< Size in bytes of the whole version text of a package. */
#define ACL_PKG_VERSION_PARTS_MAX_SIZE                     0x40 /**< Size in bytes of each part of a package version text. */

#endif /* ASCEND_SYS_RT_FLAGS_H_ */
