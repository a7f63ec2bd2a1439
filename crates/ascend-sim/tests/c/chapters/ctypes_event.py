# Part of ascend-ipc, Apache-2.0.
"""Two Python processes: the parent fills device memory and records an IPC event, the child waits for it and reads.

Only the standard library is used. The handle, a struct of 64 bytes that is passed by value, travels as hexadecimal text.
"""

import ctypes
import subprocess
import sys

BYTES = 1 << 16
KEY = 65
EVENT_IPC = 0x40
HUGE_FIRST = 0
DEVICE_TO_HOST, DEVICE_TO_DEVICE = 2, 3
NO_PID_CHECK = PEER_ACCESS = 1
STREAM_SYNC_TIMEOUT = 507046
NO_CONTEXT = 107002


class IpcEventHandle(ctypes.Structure):
    _fields_ = [("reserved", ctypes.c_char * 64)]


HostFunc = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
acl = ctypes.CDLL("libascendcl.so")
acl.aclrtIpcOpenEventHandle.argtypes = [IpcEventHandle, ctypes.POINTER(ctypes.c_void_p)]
acl.aclrtLaunchHostFunc.argtypes = [ctypes.c_void_p, HostFunc, ctypes.c_void_p]
acl.aclGetRecentErrMsg.restype = ctypes.c_char_p


def check(code):
    if code != 0:
        raise RuntimeError(f"code {code}: {acl.aclGetRecentErrMsg()}")


def made(call, *arguments):
    """What a call writes to its first argument."""
    handle = ctypes.c_void_p()
    check(call(ctypes.byref(handle), *arguments))
    return handle


def start(device):
    check(acl.aclInit(None))
    check(acl.aclrtSetDevice(device))
    return made(acl.aclrtCreateStream)


def waits(stream):
    code = acl.aclrtSynchronizeStreamWithTimeout(stream, 50)
    assert code == STREAM_SYNC_TIMEOUT, code


def say(file, word):
    print(word, file=file, flush=True)


def hear(file, word):
    line = file.readline().strip()
    assert line == word, (line, word)


def consume(device):
    size = ctypes.c_size_t(BYTES)
    handle = IpcEventHandle.from_buffer_copy(bytes.fromhex(sys.stdin.readline()))
    key = sys.stdin.readline().strip().encode()
    event, shared = ctypes.c_void_p(), ctypes.c_void_p()
    check(acl.aclInit(None))
    assert acl.aclrtIpcOpenEventHandle(handle, ctypes.byref(event)) == NO_CONTEXT and not event
    check(acl.aclrtSetDevice(device))
    stream = made(acl.aclrtCreateStream)
    check(acl.aclrtIpcOpenEventHandle(handle, ctypes.byref(event)))
    check(acl.aclrtIpcMemImportByKey(ctypes.byref(shared), key, ctypes.c_uint64(PEER_ACCESS)))
    local = made(acl.aclrtMalloc, size, HUGE_FIRST)
    host = made(acl.aclrtMallocHost, size)
    ctypes.memset(host, 0x11, BYTES)
    say(sys.stdout, "opened")
    hear(sys.stdin, "recorded")
    check(acl.aclrtStreamWaitEvent(stream, event))
    check(acl.aclrtMemcpyAsync(local, size, shared, size, DEVICE_TO_DEVICE, stream))
    check(acl.aclrtMemcpyAsync(host, size, local, size, DEVICE_TO_HOST, stream))
    waits(stream)
    assert ctypes.string_at(host, BYTES) == b"\x11" * BYTES
    say(sys.stdout, "waiting")
    check(acl.aclrtSynchronizeStream(stream))
    assert ctypes.string_at(host, BYTES) == b"\x5a" * BYTES
    check(acl.aclrtIpcMemClose(key))
    check(acl.aclrtDestroyEvent(event))
    check(acl.aclrtFree(local))
    check(acl.aclrtFreeHost(host))
    check(acl.aclrtDestroyStream(stream))
    check(acl.aclrtResetDevice(device))
    check(acl.aclFinalize())


def produce():
    import threading

    size = ctypes.c_size_t(BYTES)
    stream = start(0)
    event = made(acl.aclrtCreateEventExWithFlag, EVENT_IPC)
    shared = made(acl.aclrtMalloc, size, HUGE_FIRST)
    handle, key = IpcEventHandle(), ctypes.create_string_buffer(KEY)
    check(acl.aclrtIpcGetEventHandle(event, ctypes.byref(handle)))
    check(acl.aclrtIpcMemGetExportKey(shared, size, key, ctypes.c_size_t(KEY), ctypes.c_uint64(NO_PID_CHECK)))
    command = [sys.executable, sys.argv[0], "consume", "1"]
    peer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    say(peer.stdin, bytes(handle).hex())
    say(peer.stdin, key.value.decode())
    hear(peer.stdout, "opened")
    gate = threading.Event()
    hold = HostFunc(lambda _: gate.wait() and None)  # ctypes calls have let the interpreter's lock go
    check(acl.aclrtLaunchHostFunc(stream, hold, None))
    check(acl.aclrtMemsetAsync(shared, size, 0x5A, size, stream))
    check(acl.aclrtRecordEvent(event, stream))
    say(peer.stdin, "recorded")
    hear(peer.stdout, "waiting")
    gate.set()
    check(acl.aclrtSynchronizeStream(stream))
    assert peer.wait() == 0, peer.returncode
    check(acl.aclrtIpcMemClose(key))
    check(acl.aclrtFree(shared))
    check(acl.aclrtDestroyEvent(event))
    check(acl.aclrtDestroyStream(stream))
    check(acl.aclrtResetDevice(0))
    check(acl.aclFinalize())
    print(f"two Python processes handed {BYTES} bytes over")


if sys.argv[1:2] == ["consume"]:
    consume(int(sys.argv[2]))
else:
    produce()
