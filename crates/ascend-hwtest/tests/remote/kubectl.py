#!/usr/bin/env python3
"""Plays kubectl with a cluster of one pod, whose container is a process of this machine; its state is in a folder beside it."""
import json, os, subprocess, sys
from pathlib import Path

root = Path(__file__).resolve().parent / "cluster"
root.mkdir(exist_ok=True)
arguments = sys.argv[1:]
with open(root / "calls", "a") as calls:
    calls.write(json.dumps(arguments) + "\n")
assert arguments[:4] == ["--context", "lab", "--namespace", "npu"], arguments
verb, rest = arguments[4], arguments[5:]
if (root / "down").exists():
    sys.exit("Unable to connect to the server: dial tcp: connection refused")


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


def supervise(command):
    """Runs the container, and writes its code; in a session of its own, as a node would."""
    if os.fork():
        return
    os.setsid()
    null = os.open("/dev/null", os.O_RDWR)
    log = os.open(root / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for fd, to in ((null, 0), (log, 1), (null, 2)):
        os.dup2(fd, to)
    child = subprocess.Popen(command)
    (root / "container").write_text(str(child.pid))
    code = child.wait()
    (root / "code.new").write_text(str(code if code >= 0 else 128 - code))
    (root / "code.new").rename(root / "code")
    os._exit(0)


if verb == "apply" and rest == ["-f", "-"]:
    job = json.load(sys.stdin)
    assert job["kind"] == "Job" and job["metadata"]["name"].startswith("hwtest-")
    (root / "job.json").write_text(json.dumps(job))
    print("job.batch/%s created" % job["metadata"]["name"])
elif verb == "get" and rest == ["nodes", "-o", "json"]:
    nodes = json.loads((root / "nodes.json").read_text())
    print(json.dumps(nodes))
elif verb == "get" and rest[0] == "jobs,pods":
    items = []
    if (root / "job.json").exists():
        job = json.loads((root / "job.json").read_text())
        label = "ascend-hwtest/run=" + job["metadata"]["labels"]["ascend-hwtest/run"]
        if rest[1:3] == ["-l", label]:
            state = {"waiting": {"reason": "ContainerCreating"}}
            if (root / "code").exists():
                state = {"terminated": {"exitCode": int((root / "code").read_text()), "reason": "Error"}}
            elif (root / "container").exists():
                state = {"running": {}}
            elif (root / "up").exists():  # a test lets the pod come up
                (root / "up").unlink()
                supervise(job["spec"]["template"]["spec"]["containers"][0]["command"])
            items = [
                {"kind": "Job", "metadata": {"name": job["metadata"]["name"]}, "status": {}},
                {"kind": "Pod", "metadata": {"name": "pod-1"}, "status": {"containerStatuses": [{"state": state}]}},
            ]
    print(json.dumps({"items": items}))
elif verb == "get" and rest == ["jobs", "-l", "ascend-hwtest/run", "-o", "json"]:
    items = []
    if (root / "job.json").exists():
        job = json.loads((root / "job.json").read_text())
        job["status"] = {} if (root / "code").exists() else {"active": 1}
        items = [job]
    print(json.dumps({"items": items}))
elif verb == "exec" and rest[:6] == ["-i", "pod-1", "-c", "hwrun", "--", "sh"]:
    if not alive(int((root / "container").read_text())):
        sys.exit('error: cannot exec into a container in a completed pod; current phase is "Failed"')
    os.execvp("sh", rest[5:])
elif verb == "logs" and rest == ["pod-1", "-c", "hwrun"]:
    sys.stdout.write((root / "log").read_text())
elif verb == "delete" and rest[0] == "job":
    (root / "job.json").unlink(missing_ok=True)
    print("job.batch deleted")
else:
    sys.exit("this kubectl does not play %r" % arguments)
