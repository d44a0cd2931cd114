"""`save` and `load` of an image of 200 MB, and its unpacking beside tar's."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from engines import DockerLike, Engine, call

PATH = {"PATH": "/usr/bin:/bin"}


def exchange_times(
    engines: list[Engine], archive: Path, work: Path, rounds: int
) -> dict[tuple[str, str], list[float]]:
    """Seconds by what was done and who did it: tar, or one of the engines."""
    packed = Path(f"{archive}.gz")
    call(["gzip", "-k", str(archive)], PATH)
    times: dict[tuple[str, str], list[float]] = {}

    def timed(what: str, who: str, keep: bool, argv: list[str], environment: dict[str, str]) -> None:
        os.sync()
        begin = time.monotonic()
        call(argv, environment)
        if keep:
            times.setdefault((what, who), []).append(time.monotonic() - begin)

    for number in range(-1, rounds):
        keep = number >= 0
        directory = work / "untarred"
        directory.mkdir()
        argv = ["tar", "-x", "-z", "-f", str(packed), "-C", str(directory)]
        timed("import .gz", "tar -xz", keep, argv, PATH)
        shutil.rmtree(directory)
        for engine in engines:
            if type(engine).__name__ not in ("Mydocker", "Docker", "Podman"):
                continue
            assert isinstance(engine, DockerLike)
            name = f"localhost/exchanged{number + 1}"
            saved = work / f"{engine.name}.tar"
            base, env = engine.base(), engine.env
            timed("import .gz", engine.name, keep, [*base, "import", str(packed), name], env)
            timed("save", engine.name, keep, [*base, "save", "-o", str(saved), name], env)
            call([*base, "rmi", "-f", name], env)
            timed("load", engine.name, keep, [*base, "load", "-i", str(saved)], env)
            call([*base, "rmi", "-f", name], env)
            saved.unlink()
    packed.unlink()
    archive.unlink()
    return times
