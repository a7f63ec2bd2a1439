"""The other process, which knows only the C interface: creates and records an event, or opens one and waits."""

import ctypes
import sys

lib = ctypes.CDLL(sys.argv[1])


class Handle(ctypes.Structure):
    _fields_ = [("reserved", ctypes.c_char * 64)]


lib.aclrtIpcOpenEventHandle.argtypes = [Handle, ctypes.POINTER(ctypes.c_void_p)]
lib.aclrtIpcGetEventHandle.argtypes = [ctypes.c_void_p, ctypes.POINTER(Handle)]
lib.aclrtCreateEventExWithFlag.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_uint32]
lib.aclrtCreateStream.argtypes = [ctypes.POINTER(ctypes.c_void_p)]
lib.aclrtRecordEvent.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
lib.aclrtStreamWaitEvent.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
lib.aclrtSynchronizeStreamWithTimeout.argtypes = [ctypes.c_void_p, ctypes.c_int32]
HOST_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
lib.aclrtLaunchHostFunc.argtypes = [ctypes.c_void_p, HOST_FUNCTION, ctypes.c_void_p]


def check(code, what):
    if code != 0:
        sys.exit(f"{what} answered {code}")


def say(line):
    print(line, flush=True)


check(lib.aclInit(None), "aclInit")
check(lib.aclrtSetDevice(0), "aclrtSetDevice")
stream = ctypes.c_void_p()
check(lib.aclrtCreateStream(ctypes.byref(stream)), "aclrtCreateStream")
event = ctypes.c_void_p()

if sys.argv[2] == "open":
    handle = Handle()
    # As PyTorch's from_ipc_handle: the bytes as they came, all 64 of them.
    ctypes.memmove(ctypes.byref(handle), bytes.fromhex(sys.argv[3]), 64)
    check(lib.aclrtIpcOpenEventHandle(handle, ctypes.byref(event)), "aclrtIpcOpenEventHandle")
    check(lib.aclrtStreamWaitEvent(stream, event), "aclrtStreamWaitEvent")
    if lib.aclrtSynchronizeStreamWithTimeout(stream, 50) != 507046:
        sys.exit("the stream did not wait for the record")
    say("waiting")
    check(lib.aclrtSynchronizeStreamWithTimeout(stream, 10000), "aclrtSynchronizeStreamWithTimeout")
    say("passed")
else:
    check(lib.aclrtCreateEventExWithFlag(ctypes.byref(event), 0x40), "aclrtCreateEventExWithFlag")
    handle = Handle()
    check(lib.aclrtIpcGetEventHandle(event, ctypes.byref(handle)), "aclrtIpcGetEventHandle")
    # Holds the stream until the other process says so.
    hold = HOST_FUNCTION(lambda _: sys.stdin.readline())
    check(lib.aclrtLaunchHostFunc(stream, hold, None), "aclrtLaunchHostFunc")
    check(lib.aclrtRecordEvent(event, stream), "aclrtRecordEvent")
    say(bytes(handle).hex())
    check(lib.aclrtSynchronizeStreamWithTimeout(stream, 10000), "aclrtSynchronizeStreamWithTimeout")
    say("recorded")
    sys.stdin.readline()  # the event stays until the other process has done with it
