# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Python runs at its start wherever Ansible starts it for a test.

A module comes as an archive of sources, and Python keeps the bytecode of no archive: to compile all of it again for
each task takes as long as everything else that the module does. Here it is kept, by the source that it is of.

A test that gives a clock has the modules that it names live on that; Ansible does not.
"""

from __future__ import annotations

import os
import sys
import zipimport
from types import CodeType
from typing import Any

KEPT = os.environ.get("TEST_BYTECODE")
CLOCK = os.environ.get("TEST_CLOCK")

_compile: Any = zipimport._compile_source


def _compiled(path: str, source: bytes) -> CodeType:
    """The code of a source in an archive, as zipimport wants it."""
    import _imp
    import hashlib
    import marshal

    place = f"{KEPT}/{hashlib.sha256(source).hexdigest()}.{sys.implementation.cache_tag}"
    try:
        with open(place, "rb") as file:
            code: CodeType = marshal.loads(file.read())
    except OSError:
        code = _compile(path, source)
        own = f"{place}.{os.getpid()}"
        with open(own, "wb") as file:
            file.write(marshal.dumps(code))
        # Others may read it at this moment.
        os.replace(own, place)
    else:
        _imp._fix_co_filename(code, path)
    return code


def _live_on(clock: dict[str, Any], root: str) -> None:
    """Have this process live on the clock of a test."""
    import time

    sys.path.insert(0, root)
    from tests.integration.shared_clock import SharedClock

    shared, real = SharedClock.from_json(clock), time.clock_gettime
    time.time, time.monotonic, time.sleep = shared.wall, shared.monotonic, shared.sleep
    time.clock_gettime = lambda which: shared.monotonic() if which == time.CLOCK_BOOTTIME else real(which)


if KEPT:
    zipimport._compile_source = _compiled
if CLOCK:
    import json

    given = json.loads(CLOCK)
    # Python 3.9 has no other list of them, and that is without its own name.
    words = getattr(sys, "orig_argv", sys.argv)
    names = {f"AnsiballZ_{module}.py" for module in given["modules"]}
    if names & {os.path.basename(word) for word in words[:3]}:
        _live_on(given["clock"], given["root"])
