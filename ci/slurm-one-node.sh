#!/usr/bin/env bash
# A Slurm cluster of one node on the loopback interface, with a generic resource `npu`, to try hardware runs against.
# usage: ci/slurm-one-node.sh install            Debian's packages, if they are missing
#        ci/slurm-one-node.sh start DIR [COUNT]  keeps all of its state in DIR, which is new or empty; COUNT npus [2]
#        ci/slurm-one-node.sh stop DIR
# After `start`, clients need SLURM_CONF=DIR/slurm.conf. Nothing of the machine's own Slurm or munge is touched.
set -euo pipefail

usage() {
  sed -n 's/^# \{0,1\}//; 2,6p' "$0" | sed 1d >&2
  exit 2
}

missing() {
  local tool
  for tool in slurmctld slurmd sbatch scontrol munged; do
    PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || echo "$tool"
  done
}

install() {
  [ -n "$(missing)" ] || exit 0
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install --yes \
    --no-install-recommends slurm-wlm munge
}

# A port of loopback that nobody listens on: 16 bits of the second argument decide where the search begins.
free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    port=$((port + 1))
  done
  echo "$port"
}

start() {
  local dir=$1 count=$2 tool
  tool=$(missing | head -n 1)
  if [ -n "$tool" ]; then
    echo "slurm-one-node: no $tool here; try: ci/slurm-one-node.sh install" >&2
    exit 1
  fi
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  if [ -n "$(ls -A "$dir")" ]; then
    echo "slurm-one-node: $dir is not empty" >&2
    exit 1
  fi
  mkdir -p "$dir"/{state,spool,munge}
  # munged refuses a key that others can read, and a socket that others cannot reach.
  chmod 755 "$dir" "$dir/munge"
  head -c 128 /dev/urandom >"$dir/munge/key"
  chmod 600 "$dir/munge/key"

  local node user base
  node=$(hostname -s)
  user=$(id -un)
  base=$((20000 + ($$ % 4000) * 4))
  cat >"$dir/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$(free_port "$base")
SlurmdPort=$(free_port $((base + 1)))
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
# No control groups: a container may not have them, and this cluster confines nobody.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MailProg=/bin/true
ReturnToService=2
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
GresTypes=npu
KillWait=5
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) Gres=npu:910b:$count State=UNKNOWN
PartitionName=main Nodes=$node Default=YES MaxTime=60 OverSubscribe=NO
CONF
  # Stock Slurm has no plugin for NPUs: a name and a number is all that it knows. Servers also give File=/dev/davinci[0-7].
  echo "NodeName=$node Name=npu Type=910b Count=$count" >"$dir/gres.conf"

  export SLURM_CONF=$dir/slurm.conf PATH=$PATH:/usr/sbin
  munged --key-file="$dir/munge/key" --socket="$dir/munge/socket" --pid-file="$dir/munged.pid" \
    --log-file="$dir/munge/log" --seed-file="$dir/munge/seed" --num-threads=2
  slurmctld -c -f "$dir/slurm.conf"
  slurmd -f "$dir/slurm.conf" -N "$node"
  local tries
  for tries in $(seq 150); do
    if [ "$(sinfo --noheader --format=%T 2>/dev/null)" = idle ]; then
      echo "SLURM_CONF=$dir/slurm.conf"
      return
    fi
    sleep 0.2 # the node registers in its own time; 30 s at most
  done
  echo "slurm-one-node: the node did not come up; see $dir/*.log" >&2
  tail -n 5 "$dir"/slurmctld.log "$dir"/slurmd.log >&2
  stop "$dir"
  exit 1
}

# Ends a daemon by the number that it wrote down, and waits until it is gone.
end() {
  local file=$1 pid tries
  [ -s "$file" ] || return 0
  pid=$(cat "$file")
  kill "$pid" 2>/dev/null || return 0
  for tries in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1 # it tidies up first; 5 s at most
  done
  kill -KILL "$pid" 2>/dev/null || true
}

stop() {
  local dir=$1
  # Jobs first: their steps belong to no daemon.
  SLURM_CONF=$dir/slurm.conf timeout 10 scancel --user="$(id -un)" 2>/dev/null || true
  end "$dir/slurmd.pid"
  end "$dir/slurmctld.pid"
  end "$dir/munged.pid"
}

case "${1:-}" in
  install) install ;;
  start) [ $# -ge 2 ] || usage; start "$2" "${3:-2}" ;;
  stop) [ $# -eq 2 ] || usage; stop "$2" ;;
  *) usage ;;
esac
