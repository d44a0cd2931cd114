"""mydocker-oci beside crun and runc, and in one warm JVM; and Docker and Podman with it for runc."""

from __future__ import annotations

import subprocess
from pathlib import Path

from engines import Bundle, Docker, Place, Podman, call

# Until C2 has compiled what a container's life consists of.
WARM_UP = 400


class MydockerOci(Bundle):
    name = "mydocker-oci"

    def __init__(self, place: Place):
        super().__init__(place)
        self.binary = str(place.checkout / "mydocker-oci")


class Runtime(Bundle):
    """The same as calls in a JVM that is warm."""

    name = "runtime"
    note = "package runtime in a warm JVM, its helper a co-process"

    def set_up(self) -> None:
        work, checkout = self.place.work, self.place.checkout
        words = (checkout / ".build/current").read_text().split("\n", 1)[0].split()
        home = checkout / ".build" / words[1]
        java = (work / "hello.argv").read_text().split("\n", 1)[0]
        classes = work / "runtime-classes"
        path = f"{home}/mydocker.jar"
        source = str(checkout / "bench/RuntimeBench.java")
        call([java.removesuffix("java") + "javac", "-d", str(classes), "-cp", path, source], self.env)
        self.errors = open(work / "runtime-errors", "w+", encoding="utf-8")
        self.jvm = subprocess.Popen(
            [
                java,
                f"-Dmydocker.home={home}",
                "-cp",
                f"{path}:{classes}",
                "RuntimeBench",
                f"/run/{self.name}",
            ],
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        bundle = self.bundle("life", ("true",))
        for _ in range(WARM_UP):
            self.ask(f"life {bundle}")

    def ask(self, line: str) -> tuple[float, float]:
        """Has it do something; the milliseconds that took, and the JVM's processor time."""
        assert self.jvm.stdin is not None and self.jvm.stdout is not None
        self.jvm.stdin.write(line + "\n")
        self.jvm.stdin.flush()
        answer = self.jvm.stdout.readline()
        try:
            elapsed, cpu = answer.split()
            return int(elapsed) / 1e6, int(cpu) / 1e6
        except ValueError:
            self.errors.seek(0)
            problem = answer.strip() or self.errors.read()[-2000:]
            raise RuntimeError(f"runtime: {line}: {problem}") from None

    def perform(self, argvs: list[list[str]]) -> tuple[float, float]:
        return self.ask(f"life {self.bundle('life', tuple(argvs[0][1:]))}")

    def begin(self, command: list[str], log: Path) -> None:
        self.ask(f"begin {self.bundle('isolation', tuple(command))}")

    def run(self, *command: str, number: int = 0) -> None:
        return None

    def tear_down(self) -> None:
        assert self.jvm.stdin is not None
        self.jvm.stdin.close()
        self.jvm.wait(timeout=20)


class DockerOci(Docker):
    """The daemon of `docker`, which knows both runtimes."""

    name = "docker-oci"
    note = "docker with mydocker-oci in place of runc"

    def set_up(self) -> None:
        """The daemon is that of `docker`, and its image too."""

    def tear_down(self) -> None:
        """It ends with `docker`."""

    def run_flags(self) -> list[str]:
        return [*super().run_flags(), "--runtime=mydocker"]


class PodmanRunc(Podman):
    name = "podman-runc"
    note = "podman with runc"
    runtime = "/usr/sbin/runc"


class PodmanOci(Podman):
    name = "podman-oci"
    note = "podman with mydocker-oci"

    def __init__(self, place: Place):
        super().__init__(place)
        self.runtime = str(place.checkout / "mydocker-oci")
