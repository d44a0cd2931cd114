# shellcheck shell=bash
# The first process of the benchmark's own namespaces: prepares them, runs the rest of its arguments,
# and reaps what daemons leave to process 1.
set -euo pipefail
work=$1
shift

# A file system as mkfs.ext4 makes it: with a journal. Without one, as some virtual machines have it, ext4
# does not take inodes again that were deleted lately, and each round would pay for those before it.
# Nothing is written to it in the background.
truncate -s 32G "$work/disk"
mkfs.ext4 -q -F -E nodiscard "$work/disk"
mkdir "$work/mounted"
mount -o loop,noinit_itable "$work/disk" "$work/mounted"
for entry in "$work"/{etc,etc.work,hello,hello.argv,hello-usual.argv}; do
  cp -a "$entry" "$work/mounted/"
done
mount --move "$work/mounted" "$work"

# The engines write there whatever their options say: dockerd its key, libnetwork and podman locks.
mount -t tmpfs -o mode=755 tmpfs /run
mount -t overlay -o "lowerdir=/etc,upperdir=$work/etc,workdir=$work/etc.work" overlay /etc

# crun 1.8 refuses a machine with cgroup v1 and a cgroup2 mount beside it. Nobody gets that mount.
if [[ $(stat -f -c %T /sys/fs/cgroup) != cgroup2fs ]]; then
  awk '$(NF-2) == "cgroup2" { print $5 }' /proc/self/mountinfo | while read -r mount; do
    umount "$mount"
  done
fi

status=0
"$@" || status=$?
exit "$status"
