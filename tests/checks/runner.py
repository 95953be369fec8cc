# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs checks two at a time, keeps their output in logs, and tells how they ended."""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import time
from collections.abc import Iterator

from . import tree
from .environments import Venv
from .paths import LOGS, ROOT
from .table import Check

JOBS = 2
TAIL_LINES = 60
COMPLAINT = re.compile(r"\b(ERROR|FAILED)\b")
TIMEOUT_SECONDS = 1800
GRACE_SECONDS = 5
PASSED, FAILED, NOT_RUN = "passed", "FAILED", "not run"


@dataclasses.dataclass(frozen=True)
class Result:
    """How a check ended."""

    check: Check
    verdict: str
    seconds: float
    log: pathlib.Path


class Runner:
    """Runs checks in environments that stand ready."""

    def __init__(self, venvs: dict[str, Venv]) -> None:
        self._venvs = venvs
        self._running: set[subprocess.Popen[bytes]] = set()

    def run(self, checks: list[Check]) -> list[Result]:
        """Run all of them, whatever fails, and return the results in the order given."""
        LOGS.mkdir(parents=True, exist_ok=True)
        pool = concurrent.futures.ThreadPoolExecutor(JOBS)
        try:
            return list(pool.map(self._run_one, checks))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(self._running):
                end_group(process)

    def _run_one(self, check: Check) -> Result:
        venv = self._venvs.get(check.environment)
        if not venv:
            return Result(check, NOT_RUN, 0.0, LOGS)
        print(f"== {check.name}: {check.proves} [{venv}]", flush=True)
        started = time.monotonic()
        log = LOGS / f"{check.name}.log"
        with log.open("wb") as stream:
            succeeded = self._succeeds(check, venv, stream.fileno())
        output = log.read_text(errors="replace")
        passed = succeeded and not (check.forbidden and re.search(check.forbidden, output, re.MULTILINE))
        result = Result(check, PASSED if passed else FAILED, time.monotonic() - started, log)
        _report(result, output)
        return result

    def _succeeds(self, check: Check, venv: Venv, output: int) -> bool:
        root = tree.copy_tree(check.name)
        places = {
            "python": str(venv.python),
            "version": ".".join(map(str, venv.interpreter.version)),
            "tree": str(root.parents[2]),
            "archive": str(tree.build()) if check.installed else "",
        }
        variables = tree.variables(venv) | {name: value.format(**places) for name, value in check.variables}
        return all(
            self._call([word.format(**places) for word in command], root, variables, output)
            for command in check.commands
        )

    def _call(self, command: list[str], root: pathlib.Path, variables: dict[str, str], output: int) -> bool:
        with self._started(command, root, variables, output) as process:
            try:
                return process.wait(TIMEOUT_SECONDS) == 0
            except subprocess.TimeoutExpired:
                os.write(output, f"\nEnded after {TIMEOUT_SECONDS} seconds.\n".encode())
                end_group(process)
                return False

    @contextlib.contextmanager
    def _started(
        self, command: list[str], root: pathlib.Path, variables: dict[str, str], output: int
    ) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(
            command,
            cwd=root,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A group of its own, so that an interruption ends the servers of the tests as well.
            start_new_session=True,
        )
        self._running.add(process)
        try:
            yield process
        finally:
            process.wait()
            self._running.discard(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process started in a session of its own, with all that it started."""
    # Asked first: Ansible's workers live in sessions of their own, and only Ansible can end them.
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, number)
            process.wait(GRACE_SECONDS)


def _report(result: Result, output: str) -> None:
    lines = output.splitlines()
    check = result.check
    if result.verdict == PASSED:
        chosen = [line for line in lines if check.show and re.search(check.show, line)]
    else:
        # What a tool complained about may stand far above its last words.
        complaints = [line for line in lines[:-TAIL_LINES] if COMPLAINT.search(line)]
        chosen = [*complaints, *lines[-TAIL_LINES:], f"(whole log: {result.log.relative_to(ROOT)})"]
    heading = f"-- {check.name}: {result.verdict} after {result.seconds:.1f} s"
    print("\n".join([heading, *(f"   {line}" for line in chosen)]), flush=True)


def summary(results: list[Result], seconds: float) -> str:
    """Return the closing table with the seconds of the whole run, and under it one line with the counts."""
    width = max(len(result.check.name) for result in results)
    rows = [f"{result.verdict:<8} {result.check.name:<{width}}  {result.seconds:6.1f} s" for result in results]
    total = f"{'':<8} {'all':<{width}}  {seconds:6.1f} s"
    counts = collections.Counter(result.verdict for result in results)
    missing = f", {counts[NOT_RUN]} not run" if counts[NOT_RUN] else ""
    return "\n".join(["", *rows, total, "", f"{counts[PASSED]} passed, {counts[FAILED]} failed{missing}"])
