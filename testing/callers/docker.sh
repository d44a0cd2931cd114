#!/bin/sh
# Drives an OCI runtime by Docker, with a daemon of its own; see inside.sh.
. "$(dirname "$0")/inside.sh"

caller() {
  /usr/bin/docker -H "unix://$work/docker.sock" "$@"
}

echo '{}' >"$work/docker.json"
dockerd --host="unix://$work/docker.sock" --data-root="$work/docker" --exec-root=/run/docker \
  --pidfile="$work/docker.pid" --config-file="$work/docker.json" --cgroup-parent="/$cgroup" \
  --storage-driver=overlay2 --bridge=none --iptables=false --ip6tables=false --ip-forward=false \
  --add-runtime "tested=$runtime" --default-runtime=tested >"$work/dockerd.log" 2>&1 &
patiently caller version
tar -C "$rootfs" -c . | caller import - box >/dev/null
new=--network=none

say run --rm $new box echo hello
say run --rm $new box sh -c 'exit 5'
say run --rm $new box nosuch
say run --rm $new box /etc
say run --rm -t $new box tty
say run --rm --user 7:8 --cap-drop all --read-only --memory 64m --pids-limit 20 --hostname inside $new \
  box sh -c 'id -u; id -g; hostname; grep CapBnd /proc/self/status'
say run --rm --init $new box sh -c 'test $$ -gt 1 && echo below an init'
quietly run -d --name box $new --health-cmd true --health-interval 1s box sleep 100
say exec box sh -c 'echo inside; exit 3'
say exec -t box tty
say exec box nosuch
quietly pause box
say ps --format '{{.Names}} {{.State}}'
quietly unpause box
quietly update --memory 32m --memory-swap 32m box
quietly stats --no-stream box
healthy() {
  [ "$(caller inspect -f '{{.State.Health.Status}}' box)" = healthy ]
}
patiently healthy
quietly stop -t 0 box
say inspect -f '{{.State.Status}} {{.State.ExitCode}}' box
patiently caller start box
quietly rm -f box
say ps -a -q
