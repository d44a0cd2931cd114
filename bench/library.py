"""The library in a JVM that is warm: no command line, one process for all of a benchmark's calls."""

from __future__ import annotations

from pathlib import Path

from engines import Mydocker
from warm import WarmJvm

# Until C2 has compiled what a start consists of: the figures do not fall any further after that.
WARM_UP = 400
# Many at once take other ways, and a third of the JVM's time is its compilers' in the first of them.
WARM_UP_BATCHES = 30


class Library(Mydocker):
    name = "library"
    note = "engine.run() in a warm JVM, its helper a co-process; CPU is the JVM's alone"

    def set_up(self) -> None:
        self.env = self.place.environment(
            MYDOCKER_ROOT=str(self.place.work / "library"),
            MYDOCKER_RUN="/run/library",
            MYDOCKER_CGROUP_PARENT=self.place.cgroup,
            MYDOCKER_OFFLINE="1",
        )
        self.jvm = WarmJvm(self.place, self.env, "LibraryBench")
        for _ in range(WARM_UP):
            self.jvm.ask("run", "true")
        for _ in range(WARM_UP_BATCHES):
            self.jvm.ask("batch", "64", "true")

    def perform(self, argvs: list[list[str]]) -> tuple[float, float]:
        """In place of whole processes: the same commands, as calls."""
        if len(argvs) == 1:
            return self.jvm.ask(*argvs[0])
        return self.jvm.ask("batch", str(len(argvs)), *argvs[0][1:])

    def begin(self, command: list[str], log: Path) -> None:
        self.start("isolation", *command)

    def run(self, *command: str, number: int = 0) -> list[str]:
        return ["run", *command]

    def start(self, name: str, *command: str) -> None:
        self.jvm.ask("start", name, *command)

    def ps(self) -> list[str]:
        return ["list"]

    def exec(self, name: str, *command: str) -> list[str]:
        return ["exec", name, *command]

    def logs(self, name: str) -> None:
        return None

    def inspect(self, name: str) -> None:
        return None

    def tear_down(self) -> None:
        self.jvm.close()
