"""Checks, before anything is measured, that all engines isolate to the same degree."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from engines import Engine

# What Docker masks and what it makes read-only, where the kernel has it.
MASKED = (
    "/proc/asound",
    "/proc/acpi",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
)
READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", "/sys")
NAMESPACES = ("mnt", "pid", "net", "ipc", "uts")


@dataclass
class Isolation:
    """What the kernel says of a container's first process."""

    seccomp: str
    effective: str
    bounding: str
    ambient: str
    no_new_privileges: str
    cgroups: str
    devices: str
    namespaces: str
    masked: str
    read_only: str
    root: str

    # Differs by design and costs little: a plain directory below runc and crun.
    INFORMATIVE = ("root",)


def own_cgroup(line: str, outer: dict[str, str]) -> bool:
    _, controllers, path = line.split(":", 2)
    return path != outer[controllers] and path.startswith(outer[controllers].rstrip("/") + "/")


def cgroup_lines(process: str) -> list[str]:
    """Its hierarchies; the second version beside the first has no controllers and does not count."""
    lines = Path(f"/proc/{process}/cgroup").read_text().splitlines()
    return lines if len(lines) == 1 else [line for line in lines if not line.startswith("0:")]


def device_rules(process: str) -> str:
    for line in cgroup_lines(process):
        _, controllers, path = line.split(":", 2)
        if controllers == "devices":
            rules = Path("/sys/fs/cgroup/devices" + path, "devices.list").read_text().split("\n")
            return "all allowed" if rules[0].startswith("a ") else "restricted"
    return "not known (eBPF)"


def is_masked(path: Path) -> bool:
    """An empty read-only directory, or the null device."""
    status = path.stat()
    if stat.S_ISCHR(status.st_mode):
        return status.st_rdev == os.makedev(1, 3)
    return stat.S_ISDIR(status.st_mode) and not os.listdir(path)


def count(paths: tuple[str, ...], process: str, holds) -> str:
    present = [path for path in paths if os.path.exists(path)]
    return f"{sum(holds(Path(f'/proc/{process}/root{path}')) for path in present)}/{len(present)}"


def facts(process: str) -> Isolation:
    """Reads them from outside: a cgroup namespace of its own would hide the container's cgroups."""
    status = dict(
        line.split(":\t", 1)
        for line in Path(f"/proc/{process}/status").read_text().splitlines()
        if ":\t" in line
    )
    outer = {line.split(":", 2)[1]: line.split(":", 2)[2] for line in cgroup_lines("self")}
    # Docker, podman and the runtimes live beside this process in their parent's cgroup, or at the root
    # of a hierarchy; ours below it. Own means: further down than the benchmark's common cgroup.
    lines = cgroup_lines(process)
    own = sum(own_cgroup(line, outer) for line in lines)
    separate = [
        name
        for name in NAMESPACES
        if os.readlink(f"/proc/{process}/ns/{name}") != os.readlink(f"/proc/self/ns/{name}")
    ]
    mounts = [line.split() for line in Path(f"/proc/{process}/mountinfo").read_text().splitlines()]
    root = [fields for fields in mounts if fields[4] == "/"][-1]
    return Isolation(
        seccomp=status["Seccomp"],
        effective=status["CapEff"].lstrip("0"),
        bounding=status["CapBnd"].lstrip("0"),
        ambient=status["CapAmb"].lstrip("0") or "0",
        no_new_privileges=status["NoNewPrivs"],
        cgroups=f"{own}/{len(lines)}",
        devices=device_rules(process),
        namespaces=" ".join(separate),
        masked=count(MASKED, process, is_masked),
        read_only=count(
            READ_ONLY, process, lambda path: bool(os.statvfs(path).f_flag & os.ST_RDONLY)
        ),
        root=root[root.index("-") + 1],
    )


def find(arguments: list[str], deadline: float) -> str:
    """The process with exactly these arguments, in a pid namespace of its own."""
    wanted = b"".join(argument.encode() + b"\0" for argument in arguments)
    ours = os.readlink("/proc/self/ns/pid")
    while time.monotonic() < deadline:
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                if (
                    Path(f"/proc/{process}/cmdline").read_bytes() == wanted
                    and os.readlink(f"/proc/{process}/ns/pid") != ours
                ):
                    return process
            except (FileNotFoundError, ProcessLookupError):
                continue
        time.sleep(0.02)
    raise RuntimeError(f"no container shows {' '.join(arguments)} within its time")


def inspect(engine: Engine, number: int) -> Isolation:
    """Runs the measured command line with a process that stays, and looks at that."""
    command = ["sleep", str(9000 + number)]
    log = engine.place.work / f"{engine.name}-isolation.log"
    log.touch()
    running = engine.begin(command, log)
    try:
        process = find(command, time.monotonic() + 20)
        found = facts(process)
        os.kill(int(process), signal.SIGKILL)
    except RuntimeError as missing:
        raise RuntimeError(f"{engine.name}: {missing}: {log.read_text().strip()}") from missing
    finally:
        if running is not None:
            wait(running)
    return found


def wait(running: subprocess.Popen) -> None:
    try:
        running.wait(timeout=20)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def table(found: dict[str, Isolation]) -> str:
    names = list(found)
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for field in Isolation.__dataclass_fields__:
        cells = [getattr(found[name], field) for name in names]
        lines.append(f"| {field.replace('_', ' ')} | {' | '.join(cells)} |")
    return "\n".join(lines)


def differences(found: dict[str, Isolation]) -> list[str]:
    """Where engines differ from each other, or all lack what none may lack."""
    wrong = []
    for field in Isolation.__dataclass_fields__:
        values = {getattr(one, field) for one in found.values()}
        if field not in Isolation.INFORMATIVE and len(values) > 1:
            wrong.append(f"{field} differs: {', '.join(sorted(values))}")
    for name, one in found.items():
        if one.seccomp != "2":
            wrong.append(f"{name}: no seccomp filter")
        for field in ("cgroups", "masked", "read_only"):
            have, _, of = getattr(one, field).partition("/")
            if have != of:
                wrong.append(f"{name}: {field} {have} of {of}")
        if one.devices == "all allowed":
            wrong.append(f"{name}: all devices are allowed")
        if one.namespaces != " ".join(NAMESPACES):
            wrong.append(f"{name}: namespaces {one.namespaces}")
    return wrong
