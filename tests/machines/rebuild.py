# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command for the simulator's ``--on-reset``: ``python -m tests.machines.rebuild FOLDER``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from .control import ask
from .errors import MachinesError

PREFIX = "SIM_"


def main() -> int:
    """Have the machine of SIM_INSTANCE_ID rebuilt; what went wrong goes to stderr."""
    event = {name[len(PREFIX) :].lower(): value for name, value in os.environ.items() if name.startswith(PREFIX)}
    secrets = json.load(sys.stdin)
    try:
        ask(Path(sys.argv[1]), {"do": "install", "id": event["instance_id"], "event": {**event, **secrets}})
    except MachinesError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
