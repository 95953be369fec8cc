# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a fleet, as JSON in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import MachinesError
from .images import Behaviour, Image

FILE = "fleet.json"


@dataclass(frozen=True)
class MachineDescription:
    """A machine: the image of its first system, its address (default: a free one), and how to log in first.

    The controller's key works in any case; ``host_name`` is the instance's id unless given. ``content`` is what the
    simulator calls the content of its first disk (``DISK_ID/0``), needed if the world gives that disk an id.
    """

    image: str
    address: str = ""
    host_name: str = ""
    password: str = ""
    content: str = ""


@dataclass(frozen=True)
class Description:
    """All machines and images of a fleet, the controller's public key, and the folder of missing programs."""

    machines: Mapping[str, MachineDescription]
    images: Mapping[str, Image]
    public_key: str = ""
    tools: str = ""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Description:
        """Understand a document; raises MachinesError for a name that it does not know."""
        try:
            machines = {name: MachineDescription(**values) for name, values in document["machines"].items()}
            images = {name: _image(values) for name, values in document["images"].items()}
        except (KeyError, TypeError) as error:
            raise MachinesError(f"The description of the fleet: {error}") from None
        return cls(machines, images, document.get("public_key", ""), document.get("tools", ""))

    @classmethod
    def load(cls, folder: Path) -> Description:
        """Read the description in a folder."""
        return cls.of(json.loads((folder / FILE).read_text(encoding="utf-8")))

    def image(self, image_id: str) -> Image:
        """The image of an id; raises MachinesError."""
        if image_id not in self.images:
            raise MachinesError(f"The fleet knows no image {image_id}; it knows {', '.join(self.images) or 'none'}.")
        return self.images[image_id]


def _image(values: Mapping[str, Any]) -> Image:
    return Image(**{**values, "behaviour": Behaviour(**values.get("behaviour", {}))})
