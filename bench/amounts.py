"""What is not the time of one command: memory, throughput, and many containers."""

from __future__ import annotations

import os
import pty
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import lifetime
import measure
from engines import DockerLike, Engine, Mydocker, call
from exchange import exchange_times
from isolation import find
from registry import pull_times

LOGGED = 100_000_000
ATTACHES = 10
# Containers of which each engine's memory is the average.
HELD = 4
WINDOW = 3.0
ARCHIVE = 200_000_000
MANY = 500
TICKS = os.sysconf("SC_CLK_TCK")


def outside() -> list[Path]:
    """The processes of everybody but containers, and but this one."""
    ours = os.readlink("/proc/self/ns/pid")
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{name}/ns/pid") == ours and int(name) != os.getpid():
                found.append(Path("/proc", name))
        except OSError:
            continue
    return found


def kernel_kilobytes() -> int:
    """Stacks of threads and page tables of these processes."""
    total = 0
    for process in outside():
        try:
            status = (process / "status").read_text()
        except OSError:
            continue
        for line in status.splitlines():
            if line.startswith("VmPTE:"):
                total += int(line.split()[1])
            elif line.startswith("Threads:"):
                total += 16 * int(line.split()[1])
    return total


def processor_seconds() -> dict[str, float]:
    used = {}
    for process in outside():
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used[process.name] = (int(fields[11]) + int(fields[12])) / TICKS
    return used


def written(process: str) -> int:
    """How much a process has handed to write(2)."""
    for line in Path(f"/proc/{process}/io").read_text().splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    return 0


def remove(engine: DockerLike, *names: str) -> None:
    call([*engine.base(), "rm", "-f", *names], engine.env)


def wait_until(what: str, holds, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not come about within {seconds:.0f} s")
        time.sleep(0.05)


def memory(engine: DockerLike) -> tuple[float, float]:
    """Of a detached container that has written its log and was attached to: private, kernel, in KB."""
    private, kernel = measure.private_kilobytes(), kernel_kilobytes()
    names = [f"memory{number}" for number in range(HELD)]
    for number, name in enumerate(names):
        marker = str(8000 + number)
        script = f"yes 0123456789012345678901234567890123456789 | head -c {LOGGED}; exec sleep {marker}"
        engine.start(name, "sh", "-c", script)
        # It sleeps once all of its output has been taken.
        find(["sleep", marker], time.monotonic() + 120)
    for name in names:
        for _ in range(ATTACHES):
            client = subprocess.Popen(
                [*engine.base(), "attach", "--no-stdin", "--sig-proxy=false", name],
                env=engine.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(0.15)
            client.kill()
            client.wait()
    time.sleep(1)
    each = (measure.private_kilobytes() - private) / HELD
    of_kernel = (kernel_kilobytes() - kernel) / HELD
    remove(engine, *names)
    return each, of_kernel


def attached(engine: DockerLike) -> tuple[float, float]:
    """Of a terminal's container while somebody is attached, the client and all that serves it."""
    private, kernel = measure.private_kilobytes(), kernel_kilobytes()
    argv = [*engine.base(), "run", "--rm", "-it", *engine.run_flags(), engine.image, "sleep", "7999"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(argv[0], argv, engine.env)
    try:
        process = find(["sleep", "7999"], time.monotonic() + 30)
        time.sleep(1)
        found = measure.private_kilobytes() - private, kernel_kilobytes() - kernel
        os.kill(int(process), 9)
    finally:
        os.waitpid(pid, 0)
        os.close(terminal)
    return found


@dataclass
class Throughput:
    megabytes: float
    nanoseconds_per_byte: float


def throughput(engine: DockerLike) -> Throughput:
    """`yes` in a container whose output is logged; the processor time is the engine's alone."""
    engine.start("throughput", "yes")
    try:
        process = find(["yes"], time.monotonic() + 20)
        time.sleep(0.5)
        cpu, bytes_before, begin = processor_seconds(), written(process), time.monotonic()
        time.sleep(WINDOW)
        cpu_after, bytes_after, end = processor_seconds(), written(process), time.monotonic()
        amount = bytes_after - bytes_before
        used = sum(value - cpu.get(name, 0.0) for name, value in cpu_after.items())
        return Throughput(amount / (end - begin) / 1e6, used * 1e9 / max(1, amount))
    finally:
        remove(engine, "throughput")


def make_archive(work: Path) -> Path:
    """Some 200 MB of this machine's own files: libraries and many small ones."""
    archive = work / "root.tar"
    files, size = [], 0
    for top in ("/usr/lib/python3", "/usr/share/doc", "/usr/share/perl", "/usr/lib", "/usr/bin"):
        for directory, _, names in os.walk(top):
            for name in names:
                path = os.path.join(directory, name)
                if not os.path.islink(path) and os.path.isfile(path) and path not in files[-1:]:
                    if size > ARCHIVE:
                        break
                    files.append(path)
                    size += os.path.getsize(path)
    listing = work / "root.list"
    listing.write_bytes(b"\0".join(os.fsencode(file.lstrip("/")) for file in dict.fromkeys(files)))
    argv = ["tar", "-C", "/", "--null", "--hard-dereference", "-T", str(listing), "-cf", str(archive)]
    call(argv, {"PATH": "/usr/bin:/bin"})
    return archive


def import_times(engines: list[Engine], work: Path, rounds: int) -> dict[str, list[float]]:
    """From a tar file to an image, and the same file by tar to a directory."""
    archive = make_archive(work)
    times: dict[str, list[float]] = {}
    for number in range(-1, rounds):
        os.sync()
        directory = work / "untarred"
        directory.mkdir()
        begin = time.monotonic()
        call(["tar", "-x", "-f", str(archive), "-C", str(directory)], {"PATH": "/usr/bin:/bin"})
        if number >= 0:
            times.setdefault("tar", []).append(time.monotonic() - begin)
        shutil.rmtree(directory)
        for engine in engines:
            if type(engine).__name__ not in ("Mydocker", "Docker", "Podman"):
                continue
            assert isinstance(engine, DockerLike)
            os.sync()
            name = f"localhost/imported{number + 1}"
            begin = time.monotonic()
            call([*engine.base(), "import", str(archive), name], engine.env)
            if number >= 0:
                times.setdefault(engine.name, []).append(time.monotonic() - begin)
            call([*engine.base(), "rmi", "-f", name], engine.env)
    archive.unlink()
    return times


def medians_of(commands: dict[str, tuple[Engine, list[str]]], rounds: int) -> dict[str, float]:
    """Of commands in turns."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (engine, argv) in commands.items():
            elapsed, _ = measure.time_together([argv], engine.env, engine.place.work / "errors")
            times[name].append(elapsed)
    return {name: statistics.median(values) for name, values in times.items()}


class Crowd(Mydocker):
    """The same with directories of its own, for many containers."""

    state = "crowd"


def many(engines: list[Engine], mydocker: Mydocker, rounds: int) -> dict[str, tuple[float, float]]:
    """How `ps` and starts fare with one container and with five hundred.

    Those of mydocker in turns, one and five hundred in different directories. And starts before and
    after there are five hundred on the machine: of those the other engines, which have no more
    containers than before, show what the kernel's part is.
    """
    starts: dict[str, tuple[Engine, list[str]]] = {}
    for engine in engines:
        if engine.name != "library":
            starts[f"run --rm, {engine.name}"] = (engine, engine.run("true"))
    crowd = Crowd(mydocker.place)
    crowd.set_up()
    names = [f"many{number}" for number in range(MANY)]
    mydocker.start(names[0], "sleep", "9999")
    before = medians_of(starts, rounds)
    try:
        for name in names:
            crowd.start(name, "sleep", "9999")
        # A list keeps what was not changed lately.
        time.sleep(3)
        both = {
            f"{what}, {whose}": (engine, argv)
            for whose, engine in (("one", mydocker), ("many", crowd))
            for what, argv in (("ps", engine.ps()), ("run --rm", engine.run("true")))
        }
        medians_of(both, 1)
        found = medians_of(both, rounds)
        after = medians_of(starts, rounds)
    finally:
        for at in range(0, MANY, 100):
            remove(crowd, *names[at : at + 100])
    table = {
        f"{what}, in turns": (found[f"{what}, one"], found[f"{what}, many"])
        for what in ("ps", "run --rm")
    }
    return table | {name: (before[name], after[name]) for name in starts}


def report(row: str, engines: list[Engine], work: Path, rounds: int) -> str:
    """One of these rows, as a table."""
    if row == "runtime-memory":
        return lifetime.memory_table(engines, measure.private_kilobytes)
    like = [e for e in engines if isinstance(e, DockerLike) and e.name != "library"]
    if row == "memory":
        lines = ["| | private KB | kernel stacks and page tables KB |", "|---|---:|---:|"]
        for engine in like:
            private, kernel = memory(engine)
            lines.append(f"| {engine.name} | {private:.0f} | {kernel:.0f} |")
    elif row == "attached":
        lines = ["| | private KB | kernel stacks and page tables KB |", "|---|---:|---:|"]
        for engine in like:
            private, kernel = attached(engine)
            lines.append(f"| {engine.name} | {private:.0f} | {kernel:.0f} |")
    elif row == "throughput":
        lines = ["| | MB/s | ns of processor time per byte |", "|---|---:|---:|"]
        for engine in like:
            found = [throughput(engine) for _ in range(3)]
            best = sorted(found, key=lambda one: one.megabytes)[1]
            lines.append(
                f"| {engine.name} | {best.megabytes:.1f} | {best.nanoseconds_per_byte:.1f} |"
            )
    elif row == "import":
        lines = ["| | seconds (min, median, max) | median ÷ tar |", "|---|---:|---:|"]
        times = import_times(engines, work, max(2, rounds // 5))
        plain = statistics.median(times["tar"])
        for name, values in times.items():
            middle = statistics.median(values)
            lines.append(
                f"| {name} | {min(values):.2f} {middle:.2f} {max(values):.2f} | {middle / plain:.2f} |"
            )
    elif row == "exchange":
        lines = ["| | | seconds (min, median, max) |", "|---|---|---:|"]
        archive = make_archive(work)
        for key, values in exchange_times(engines, archive, work, max(2, rounds // 5)).items():
            middle = statistics.median(values)
            lines.append(
                f"| {key[0]} | {key[1]} | {min(values):.2f} {middle:.2f} {max(values):.2f} |"
            )
    elif row == "pull":
        lines = ["| | seconds (min, median, max) |", "|---|---:|"]
        pulled = pull_times(engines, make_archive(work), max(2, rounds // 5))
        for name, values in pulled.items():
            middle = statistics.median(values)
            lines.append(f"| {name} | {min(values):.2f} {middle:.2f} {max(values):.2f} |")
    else:
        lines = ["| | 1 container | 500 | ratio |", "|---|---:|---:|---:|"]
        mydocker = next(engine for engine in engines if type(engine) is Mydocker)
        for name, (one, all_of_them) in many(engines, mydocker, rounds).items():
            lines.append(f"| {name} | {one:.1f} | {all_of_them:.1f} | {all_of_them / one:.2f} |")
    return "\n".join(lines)
