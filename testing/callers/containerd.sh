#!/bin/sh
# Drives an OCI runtime by containerd's ctr, with a daemon of its own; see inside.sh.
. "$(dirname "$0")/inside.sh"

caller() {
  ctr -a /run/ctrd/socket "$@"
}

cat >"$work/containerd.toml" <<END
version = 2
root = "$work/containerd"
state = "/run/ctrd"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
  address = "/run/ctrd/socket"
[ttrpc]
  address = "/run/ctrd/socket.ttrpc"
END
containerd -c "$work/containerd.toml" >"$work/containerd.log" 2>&1 &
patiently caller version
run() {
  word=$1
  shift
  "$word" run --runc-binary "$runtime" --rootfs --cgroup "/$cgroup/ctr" "$@"
}

run say --rm "$rootfs" one echo hello
run say --rm "$rootfs" two sh -c 'exit 5'
run say --rm "$rootfs" three nosuch
run say --rm --seccomp --memory-limit 67108864 "$rootfs" four id -u
run quietly -d "$rootfs" five sleep 100
say task exec --exec-id e five sh -c 'echo inside; exit 3'
quietly task metrics five
quietly task pause five
say task ls -q
quietly task resume five
quietly task kill -s KILL five
stopped() {
  caller task ls | grep -q STOPPED
}
patiently stopped
quietly task rm -f five || :
quietly container rm five
say container ls -q
