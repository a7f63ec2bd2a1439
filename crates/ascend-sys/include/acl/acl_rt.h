/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file The runtime interface: devices, streams, events, memory. */
#ifndef ASCEND_SYS_ACL_RT_H_
#define ASCEND_SYS_ACL_RT_H_

#include "acl/acl_base.h"
#include "acl/acl_error.h"
#include "acl/rt/enums.h"
#include "acl/rt/flags.h"
#include "acl/rt/structs.h"
#include "acl/rt/init.h"
#include "acl/rt/version.h"
#include "acl/rt/error.h"
#include "acl/rt/device.h"
#include "acl/rt/context.h"
#include "acl/rt/stream.h"
#include "acl/rt/event.h"
#include "acl/rt/ipc_event.h"
#include "acl/rt/notify.h"
#include "acl/rt/memory.h"
#include "acl/rt/ipc_memory.h"
#include "acl/rt/vmm.h"
#include "acl/rt/value.h"
#include "acl/rt/callback.h"
#include "acl/rt/graph.h"
#include "acl/rt/label.h"
#include "acl/rt/random.h"
#include "acl/rt/reduce.h"
#include "acl/rt/overflow.h"


#endif /* ASCEND_SYS_ACL_RT_H_ */
