# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes `ansible_collections.tencent.cloud` importable from whatever folder the checkout stands in."""

from __future__ import annotations

import importlib
import pathlib
import sys
import types

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAME = "ansible_collections.tencent.cloud"


def _stub(name: str, path: list[str]) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__path__ = path
    sys.modules[name] = module
    parent, dot, child = name.rpartition(".")
    if dot:
        setattr(sys.modules[parent], child, module)
    return module


def _resolve_collection() -> None:
    """Keep a collection that resolves already, as under ansible-test, else point its name at the checkout."""
    try:
        importlib.import_module(NAME)
    except ImportError:
        _stub("ansible_collections", [])
        _stub("ansible_collections.tencent", [])
        _stub(NAME, [str(ROOT)])


_resolve_collection()
