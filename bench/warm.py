"""A JVM that stays, and is told what to do and be timed at through a pipe."""

from __future__ import annotations

import subprocess
from pathlib import Path

from engines import Place, call


class WarmJvm:
    """Runs one of the Java classes beside this file with what installing made."""

    def __init__(self, place: Place, env: dict[str, str], name: str, *arguments: str):
        work, checkout = place.work, place.checkout
        # One jar with all libraries, beside the helper.
        words = (checkout / ".build/current").read_text().split("\n", 1)[0].split()
        home = checkout / ".build" / words[1]
        java = (work / "hello.argv").read_text().split("\n", 1)[0]
        javac = java.removesuffix("java") + "javac"
        classes = work / f"{name}-classes"
        path = f"{home}/mydocker.jar"
        source = str(checkout / f"bench/{name}.java")
        call([javac, "-d", str(classes), "-cp", path, source], env)
        self.name = name
        self.errors = open(work / f"{name}-errors", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [
                java,
                "--illegal-native-access=deny",
                f"-Dmydocker.home={home}",
                "-cp",
                f"{path}:{classes}",
                name,
                *arguments,
            ],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )

    def ask(self, *words: str | Path) -> tuple[float, float]:
        """Has it do something; the milliseconds that took, and the JVM's processor time."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        try:
            elapsed, cpu = answer.split()
            return int(elapsed) / 1e6, int(cpu) / 1e6
        except ValueError:
            self.errors.seek(0)
            problem = answer.strip() or self.errors.read()[-2000:]
            raise RuntimeError(f"{self.name}: {' '.join(map(str, words))}: {problem}") from None

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=20)
