"""How each engine is set up, and the command lines that are measured.

All get one image (Debian's static busybox), no network but loopback, no limits, and whatever flags
make their isolation equal; isolation.py checks that it is.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lifetime import LIFE, lifetime


@dataclass
class Place:
    """Where everything of one benchmark lives."""

    work: Path
    checkout: Path
    cgroup: str

    @property
    def rootfs(self) -> Path:
        return self.work / "rootfs"

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.work),
            **more,
        }


def call(argv: list[str], env: dict[str, str], **options) -> str:
    """Runs a command that is not measured, and returns what it printed; its failure is ours."""
    options.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)}: exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


def make_rootfs(directory: Path) -> None:
    """Assembles the root file system that all engines get."""
    for name in ("bin", "dev", "etc", "proc", "sys", "tmp", "root"):
        (directory / name).mkdir(parents=True)
    (directory / "tmp").chmod(0o1777)
    # In Debian a static busybox has no other place; a dynamic one would not start.
    shutil.copy2("/bin/busybox", directory / "bin/busybox")
    applets = subprocess.run(["/bin/busybox", "--list"], capture_output=True, text=True, check=True)
    for applet in applets.stdout.split():
        if applet != "busybox":
            os.symlink("busybox", directory / "bin" / applet)
    (directory / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (directory / "etc/group").write_text("root:x:0:\n")


class Engine:
    """One engine; a command that it does not have is None and its row says so."""

    name = ""
    # What a reader of the table must know to compare.
    note = ""

    def __init__(self, place: Place):
        self.place = place
        self.env = place.environment()

    def set_up(self) -> None:
        """Makes the image known, and starts what must run beforehand."""

    def tear_down(self) -> None:
        """Ends what set_up started; the namespaces end the rest."""

    def perform(self, argvs: list[list[str]]) -> tuple[float, float] | None:
        """Performs commands otherwise than as processes, and says how long; None where it does not."""
        return None

    def begin(self, command: list[str], log: Path) -> subprocess.Popen | None:
        """Begins what `run` measures, to look at it while it runs; None where no process is to be reaped."""
        with open(log, "w", encoding="utf-8") as output:
            return subprocess.Popen(
                self.run(*command),
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def run(self, *command: str, number: int = 0) -> list[str]:
        """Foreground, removed at the end: what the first row measures, several at once numbered."""
        raise NotImplementedError

    def life(self, *command: str) -> list[str] | None:
        """By several commands; what `perform` makes of it."""
        return None

    def start(self, name: str, *command: str) -> None:
        """Starts a container in the background, unmeasured."""
        raise NotImplementedError

    def ps(self) -> list[str] | None:
        return None

    def exec(self, name: str, *command: str) -> list[str] | None:
        return None

    def logs(self, name: str) -> list[str] | None:
        return None

    def inspect(self, name: str) -> list[str] | None:
        return None


class Hello(Engine):
    """No engine: a Java hello world with an AOT cache, the same for every row."""

    name = "hello"
    note = "a Java hello world with an AOT cache and the same JVM flags"

    def argv(self) -> list[str]:
        return (self.place.work / f"{self.name}.argv").read_text().splitlines()

    def run(self, *command: str, number: int = 0) -> list[str]:
        return self.argv()

    def start(self, name: str, *command: str) -> None:
        pass

    def ps(self) -> list[str]:
        return self.argv()

    def exec(self, name: str, *command: str) -> list[str]:
        return self.argv()

    def logs(self, name: str) -> list[str]:
        return self.argv()

    def inspect(self, name: str) -> list[str]:
        return self.argv()


class UsualHello(Hello):
    """The same as people write it: on the class path, with the cache, the collector, the compiler."""

    name = "hello-usual"
    note = "a Java hello world with an AOT cache, the serial collector and C1"


class DockerLike(Engine):
    """The command line that mydocker, docker and podman share."""

    image = "busybox"

    def base(self) -> list[str]:
        raise NotImplementedError

    def run_flags(self) -> list[str]:
        return ["--network", "none"]

    def run(self, *command: str, number: int = 0) -> list[str]:
        return [*self.base(), "run", "--rm", *self.run_flags(), self.image, *command]

    def start(self, name: str, *command: str) -> None:
        argv = ["run", "-d", "--name", name, *self.run_flags(), self.image, *command]
        call([*self.base(), *argv], self.env)

    def ps(self) -> list[str]:
        return [*self.base(), "ps"]

    def exec(self, name: str, *command: str) -> list[str]:
        return [*self.base(), "exec", name, *command]

    def logs(self, name: str) -> list[str]:
        return [*self.base(), "logs", name]

    def inspect(self, name: str) -> list[str]:
        return [*self.base(), "inspect", name]

    def import_image(self) -> None:
        """One layer, from a tar on the standard input."""
        tar = subprocess.Popen(
            ["tar", "-C", str(self.place.rootfs), "-c", "."], stdout=subprocess.PIPE
        )
        call([*self.base(), "import", "-", self.image], self.env, stdin=tar.stdout)
        if tar.wait() != 0:
            raise RuntimeError("tar: could not pack the root file system")


class Mydocker(DockerLike):
    name = "mydocker"
    # Of its directories.
    state = "mydocker"

    def set_up(self) -> None:
        # It starts at the caller's cgroup, but for name=systemd, where it starts at the top.
        self.env = self.place.environment(
            MYDOCKER_ROOT=str(self.place.work / self.state),
            MYDOCKER_RUN=f"/run/{self.state}",
            MYDOCKER_CGROUP_PARENT=self.place.cgroup,
            MYDOCKER_OFFLINE="1",
        )
        # Where each engine has them when it is installed: what is durable on the disk, what is not
        # below /run. Its busybox is assembled from the same program the first time it is asked for, also
        # where Docker's could be pulled.
        call(self.run("true"), self.env)

    def base(self) -> list[str]:
        return [str(self.place.checkout / "mydocker")]


class Docker(DockerLike):
    name = "docker"
    note = "part of the removal happens in dockerd after `docker run` has returned"

    def base(self) -> list[str]:
        # /usr/bin: a newer client elsewhere on the PATH is not Debian's.
        return ["/usr/bin/docker", "--host", f"unix://{self.place.work}/docker.sock"]

    def set_up(self) -> None:
        work = self.place.work
        argv = [
            "/usr/sbin/dockerd",
            f"--host=unix://{work}/docker.sock",
            f"--data-root={work}/docker",
            "--exec-root=/run/docker",
            f"--pidfile={work}/docker.pid",
            f"--config-file={work}/docker.json",
            f"--cgroup-parent=/{self.place.cgroup}/docker",
            "--storage-driver=overlay2",
            "--bridge=none",
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false",
            f"--add-runtime=mydocker={self.place.checkout}/mydocker-oci",
        ]
        (work / "docker.json").write_text("{}")
        with open(work / "dockerd.log", "w", encoding="utf-8") as log:
            self.daemon = subprocess.Popen(
                argv, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while not (work / "docker.sock").exists() or self.ping() != 0:
            if self.daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("dockerd: " + (work / "dockerd.log").read_text()[-2000:])
            time.sleep(0.1)
        self.import_image()

    def ping(self) -> int:
        return subprocess.run([*self.base(), "version"], env=self.env, capture_output=True).returncode

    def tear_down(self) -> None:
        """Without a long farewell: it would wait for each container that still runs."""
        self.daemon.terminate()
        try:
            self.daemon.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()


class Podman(DockerLike):
    name = "podman"
    note = "with crun"
    image = "localhost/busybox"
    runtime = "/usr/bin/crun"

    def base(self) -> list[str]:
        work = self.place.work
        return [
            "/usr/bin/podman",
            f"--root={work}/{self.name}",
            f"--runroot=/run/{self.name}/containers",
            f"--tmpdir=/run/{self.name}/libpod",
            "--storage-driver=overlay",
            f"--runtime={self.runtime}",
            "--cgroup-manager=cgroupfs",
            "--events-backend=file",
        ]

    def run_flags(self) -> list[str]:
        # Docker's three capabilities that podman drops, and none of podman's default limits.
        return [
            "--network=none",
            "--cap-add=AUDIT_WRITE,MKNOD,NET_RAW",
            "--pids-limit=-1",
            "--log-driver=k8s-file",
            f"--cgroup-parent=/{self.place.cgroup}/podman",
        ]

    def set_up(self) -> None:
        # Without its own cgroup parent podman needs systemd; conmon may stay where it is.
        self.import_image()


class Bundle(Engine):
    """An OCI runtime with docker's own config.json, on a plain directory: no image, no overlay."""

    binary = ""
    note = "a runtime only: root file system ready as a directory, no image, log or monitor"

    def base(self) -> list[str]:
        return [self.binary, "--root", f"/run/{self.name}"]

    def bundle(self, name: str, command: tuple[str, ...]) -> Path:
        directory = self.place.work / f"{self.name}-bundles" / name
        directory.mkdir(parents=True, exist_ok=True)
        config = json.loads((self.place.work / "docker-config.json").read_text())
        config["process"]["args"] = list(command)
        config["linux"]["cgroupsPath"] = f"/{self.place.cgroup}/{self.name}/{name}"
        (directory / "config.json").write_text(json.dumps(config))
        return directory

    def run(self, *command: str, number: int = 0) -> list[str]:
        name = f"run{number}"
        return [*self.base(), "run", "--bundle", str(self.bundle(name, command)), name]

    def life(self, *command: str) -> list[str]:
        return [LIFE, *command]

    def perform(self, argvs: list[list[str]]) -> tuple[float, float] | None:
        return lifetime(self, *argvs[0][1:]) if argvs[0][0] == LIFE else None

    def start(self, name: str, *command: str) -> None:
        directory = self.bundle(name, command)
        argv = [*self.base(), "run", "--detach", "--bundle", str(directory), name]
        # Not captured: the container keeps the descriptors, and the reading would never end.
        done = subprocess.run(
            argv,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(argv)}: exit {done.returncode}")

    def ps(self) -> list[str]:
        return [*self.base(), "list"]

    def exec(self, name: str, *command: str) -> list[str]:
        return [*self.base(), "exec", name, *command]

    def inspect(self, name: str) -> list[str]:
        return [*self.base(), "state", name]


class Crun(Bundle):
    name = "crun"
    binary = "/usr/bin/crun"


class Runc(Bundle):
    name = "runc"
    binary = "/usr/sbin/runc"


def docker_config(docker: Docker, place: Place) -> None:
    """Takes the config.json that docker hands to runc, for the bare runtimes.

    What ties it to docker's own container is replaced: the root file system by the plain directory,
    and the files that docker mounts over /etc and the hook that joins its network namespace by
    nothing, for a container without a network needs neither.
    """
    docker.start("config", "sleep", "1000")
    try:
        pattern = f"/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/*/config.json"
        config = json.loads(Path(glob.glob(pattern)[0]).read_text())
    finally:
        call([*docker.base(), "rm", "-f", "config"], docker.env)
    config["root"]["path"] = str(place.rootfs)
    config["mounts"] = [m for m in config["mounts"] if not m["destination"].startswith("/etc/")]
    config.pop("hooks", None)
    config["linux"]["namespaces"] = [
        {"type": n["type"]} if n["type"] == "network" else n
        for n in config["linux"]["namespaces"]
    ]
    (place.work / "docker-config.json").write_text(json.dumps(config))
