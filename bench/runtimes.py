"""mydocker-oci beside crun and runc, and in one warm JVM; and Docker and Podman with it for runc."""

from __future__ import annotations

from pathlib import Path

from engines import Bundle, Docker, Place, Podman
from warm import WarmJvm

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
        self.jvm = WarmJvm(self.place, self.env, "RuntimeBench", f"/run/{self.name}")
        bundle = self.bundle("life", ("true",))
        for _ in range(WARM_UP):
            self.jvm.ask("life", bundle)

    def perform(self, argvs: list[list[str]]) -> tuple[float, float]:
        return self.jvm.ask("life", self.bundle("life", tuple(argvs[0][1:])))

    def begin(self, command: list[str], log: Path) -> None:
        self.jvm.ask("begin", self.bundle("isolation", tuple(command)))

    def run(self, *command: str, number: int = 0) -> None:
        return None

    def tear_down(self) -> None:
        self.jvm.close()


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
