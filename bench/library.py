"""The library in a JVM that is warm: no command line, one process for all of a benchmark's calls."""

from __future__ import annotations

import subprocess
from pathlib import Path

from engines import Mydocker, call

# Until C2 has compiled what a start consists of: the figures do not fall any further after that.
WARM_UP = 400
# Many at once take other ways, and a third of the JVM's time is its compilers' in the first of them.
WARM_UP_BATCHES = 30


class Library(Mydocker):
    name = "library"
    note = "engine.run() in a warm JVM, its helper a co-process; CPU is the JVM's alone"

    def set_up(self) -> None:
        work, checkout = self.place.work, self.place.checkout
        # What installing made: one jar with all libraries, beside the helper.
        words = (checkout / ".build/current").read_text().split("\n", 1)[0].split()
        home = checkout / ".build" / words[1]
        java = (work / "hello.argv").read_text().split("\n", 1)[0]
        classes = work / "library-classes"
        path = f"{home}/mydocker.jar"
        source = str(checkout / "bench/LibraryBench.java")
        javac = java.removesuffix("java") + "javac"
        call([javac, "-d", str(classes), "-cp", path, source], self.env)
        self.env = self.place.environment(
            MYDOCKER_ROOT=str(work / "library"),
            MYDOCKER_RUN="/run/library",
            MYDOCKER_CGROUP_PARENT=self.place.cgroup,
            MYDOCKER_OFFLINE="1",
        )
        self.errors = open(work / "library-errors", "w+", encoding="utf-8")
        self.jvm = subprocess.Popen(
            [
                java,
                "--illegal-native-access=deny",
                f"-Dmydocker.home={home}",
                "-cp",
                f"{path}:{classes}",
                "LibraryBench",
            ],
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        for _ in range(WARM_UP):
            self.ask("run true")
        for _ in range(WARM_UP_BATCHES):
            self.ask("batch 64 true")

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
            raise RuntimeError(f"library: {line}: {problem}") from None

    def perform(self, argvs: list[list[str]]) -> tuple[float, float]:
        """In place of whole processes: the same commands, as calls."""
        if len(argvs) == 1:
            return self.ask(" ".join(argvs[0]))
        return self.ask(f"batch {len(argvs)} {' '.join(argvs[0][1:])}")

    def begin(self, command: list[str], log: Path) -> None:
        self.start("isolation", *command)

    def run(self, *command: str, number: int = 0) -> list[str]:
        return ["run", *command]

    def start(self, name: str, *command: str) -> None:
        self.ask(" ".join(["start", name, *command]))

    def ps(self) -> list[str]:
        return ["list"]

    def exec(self, name: str, *command: str) -> list[str]:
        return ["exec", name, *command]

    def logs(self, name: str) -> None:
        return None

    def inspect(self, name: str) -> None:
        return None

    def tear_down(self) -> None:
        assert self.jvm.stdin is not None
        self.jvm.stdin.close()
        self.jvm.wait(timeout=20)
