#!/bin/sh
# Drives an OCI runtime by Podman; see inside.sh.
. "$(dirname "$0")/inside.sh"

caller() {
  podman --root="$work/podman" --runroot=/run/containers --tmpdir=/run/libpod \
    --storage-driver=overlay --runtime="$runtime" --cgroup-manager=cgroupfs \
    --events-backend=file "$@"
}

# A limit that is raised would take a capability that not everybody has who runs this.
cat >"$work/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=500:500"]
log_driver = "k8s-file"
netns = "none"
END
export CONTAINERS_CONF="$work/containers.conf"
tar -C "$rootfs" -c . | podman --root="$work/podman" --runroot=/run/containers \
  --storage-driver=overlay import - localhost/box >/dev/null 2>&1
new="--cgroup-parent=/$cgroup"

say run --rm $new localhost/box echo hello
say run --rm $new localhost/box sh -c 'exit 5'
say run --rm $new localhost/box nosuch
say run --rm $new localhost/box /etc
say run --rm -t $new localhost/box tty
say run --rm --user 7:8 --cap-drop all --read-only --memory 64m --pids-limit 20 --hostname inside $new \
  localhost/box sh -c 'id -u; id -g; hostname; grep CapBnd /proc/self/status'
say run --rm --pid=host $new localhost/box sh -c 'test $$ -gt 1 && echo among others'
quietly run -d --name c $new localhost/box sleep 100
say exec c sh -c 'echo inside; exit 3'
say exec -t c tty
say exec c nosuch
quietly pause c
say ps -a --format '{{.State}}'
quietly unpause c
quietly update --memory 32m c
quietly stop -t 0 c
say inspect -f '{{.State.Status}} {{.State.ExitCode}}' c
quietly start c
say ps --format '{{.Names}}'
quietly rm -f -t 0 c
quietly pod create --infra=false --name p $new
quietly run -d --pod p --name member localhost/box sleep 100
say pod ps --format '{{.Name}} {{.Status}}'
quietly pod rm -f -t 0 p
say ps -a -q
