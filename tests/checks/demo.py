# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make demo`: builds and installs the collection, starts the simulator, and reinstalls an instance in it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.checks import tree
from tests.checks.environments import NEWEST, Venv
from tests.checks.paths import CACHE, INSTALLED, ROOT, CheckError
from tests.checks.preparation import prepare
from tests.checks.runner import end_group

START_SECONDS = 30


def main() -> int:
    """Run the demonstration and return the playbook's exit code."""
    # A stopped demonstration must end the simulator too: let Python unwind.
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(143))
    try:
        return _demonstrate()
    except CheckError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _demonstrate() -> int:
    os.chdir(ROOT)
    _say("1/4 Preparing the environment (a minute the first time)")
    venv = prepare(set())[NEWEST]
    _say("2/4 Building the collection and installing it")
    tree.install(venv)
    print(f"{tree.build().relative_to(ROOT)} -> {INSTALLED.relative_to(ROOT)}")
    _say("3/4 Starting the simulator on the loopback interface")
    with _simulator(venv) as port:
        print(f"It listens on 127.0.0.1:{port}")
        _say("4/4 Running the playbook tencent.cloud.demo")
        exit_code = _play(venv, port)
    _say("The simulator has ended. " + ("Done." if exit_code == 0 else "The playbook failed."))
    return exit_code


def _say(text: str) -> None:
    print(f"\n== {text}", flush=True)


@contextlib.contextmanager
def _simulator(venv: Venv) -> Iterator[int]:
    """Yield the port of a simulator that ends with the block."""
    port_file = CACHE / "demo.port"
    port_file.unlink(missing_ok=True)
    options = ["--port", "0", "--port-file", str(port_file), "--idle-exit", "120"]
    with (CACHE / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [venv.python, "-m", "tests.simulator", *options],
            env=tree.variables(venv),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _port(process, port_file)
    finally:
        end_group(process)


def _port(process: subprocess.Popen[bytes], port_file: pathlib.Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return int(port_file.read_text())
        time.sleep(0.1)
    raise CheckError("The simulator did not start:\n" + (CACHE / "demo.log").read_text())


def _play(venv: Venv, port: int) -> int:
    variables = tree.variables(venv) | {
        "TENCENTCLOUD_SECRET_ID": "AKIDsimulator",
        "TENCENTCLOUD_SECRET_KEY": "simulator-secret-key",
        "TENCENTCLOUD_REGION": "ap-guangzhou",
        "DEMO_ENDPOINT": f"http://127.0.0.1:{port}",
        "DEMO_PASSWORD": f"Demo-{secrets.token_hex(8)}",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    }
    command = [str(venv.root / "bin" / "ansible-playbook"), "tencent.cloud.demo"]
    process = subprocess.Popen(command, env=variables, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait()
    finally:
        # When the demonstration is stopped halfway, Ansible's workers would poll on.
        end_group(process)


if __name__ == "__main__":
    sys.exit(main())
