# shellcheck shell=sh
# Sourced by the scripts beside it, which drive an OCI runtime by a program that wants one:
#
#   SCRIPT RUNTIME ROOTFS WORK CGROUP
#
# They run in mount and PID namespaces of their own (unshare -mpf), so that no daemon and no state is
# left, and print a transcript: what was called, what it said, its exit code.
set -eu
runtime=$1
rootfs=$2
work=$3
cgroup=$4
export HOME="$work" LC_ALL=C
mount -t tmpfs -o mode=755 tmpfs /run

# crun 1.8 refuses a machine with cgroup v1 and a cgroup2 mount beside it.
if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
  awk '$(NF-2) == "cgroup2" { print $5 }' /proc/self/mountinfo | while read -r mount; do
    umount "$mount"
  done
fi

# Calls with the words that are shown; standard input is empty.
say() {
  echo "> $*"
  code=0
  caller "$@" </dev/null >"$work/out" 2>"$work/err" || code=$?
  sed 's/\r$//' "$work/out"
  [ "$code" = 0 ] || grep -o 'executable file not found in \$PATH\|permission denied' "$work/err" | head -n 1
  echo "= $code"
}

# Calls for what comes of it alone.
quietly() {
  caller "$@" </dev/null >"$work/out" 2>&1 || {
    cat "$work/out"
    exit 1
  }
}

# Waits until a command succeeds.
patiently() {
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || {
      echo "gave up: $*"
      cat "$work"/*.log 2>/dev/null || :
      exit 1
    }
    sleep 0.1
  done
}
