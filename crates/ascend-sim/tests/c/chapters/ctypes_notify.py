# Part of ascend-ipc, Apache-2.0.
"""Two Python processes, spawned by multiprocessing, wake each other's streams by notifies."""

import ctypes
import multiprocessing

KEY = 65
ROUNDS = 10
NO_PID_CHECK = 2
STREAM_SYNC_TIMEOUT = 507046

acl = ctypes.CDLL("libacl_rt.so")


def check(code):
    assert code == 0, code


def made(call, *arguments):
    handle = ctypes.c_void_p()
    check(call(ctypes.byref(handle), *arguments))
    return handle


def live(pipe, device, begins):
    """Creates a notify for itself, imports the other one, and takes turns."""
    check(acl.aclrtSetDevice(device))
    stream = made(acl.aclrtCreateStream)
    mine = made(acl.aclrtCreateNotify, ctypes.c_uint64(0))
    key = ctypes.create_string_buffer(KEY)
    check(acl.aclrtNotifyGetExportKey(mine, key, ctypes.c_size_t(KEY), ctypes.c_uint64(NO_PID_CHECK)))
    pipe.send(key.value)
    theirs = made(acl.aclrtNotifyImportByKey, pipe.recv(), ctypes.c_uint64(0))
    for turn in range(ROUNDS):
        if (turn % 2 == 0) == begins:
            pipe.recv()  # the other one is seen to wait
            check(acl.aclrtRecordNotify(theirs, stream))
        else:
            check(acl.aclrtWaitAndResetNotify(mine, stream, 0))
            assert acl.aclrtSynchronizeStreamWithTimeout(stream, 20) == STREAM_SYNC_TIMEOUT
            pipe.send("waiting")
        check(acl.aclrtSynchronizeStream(stream))
    pipe.send("done")
    assert pipe.recv() == "done"
    check(acl.aclrtDestroyNotify(theirs))
    check(acl.aclrtDestroyNotify(mine))
    check(acl.aclrtDestroyStream(stream))
    check(acl.aclrtResetDevice(device))


if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")  # a runtime does not survive a fork
    here, there = spawn.Pipe()
    other = spawn.Process(target=live, args=(there, 1, False))
    other.start()
    live(here, 0, True)
    other.join()
    assert other.exitcode == 0, other.exitcode
    print(f"two Python processes woke each other {ROUNDS} times")
