# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arrows point down only: what each package of the collection may import, read from the source itself."""

from __future__ import annotations

import ast
import graphlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"

# From the top down. A package imports from the rows below its own alone; a new one needs a place here.
LAYERS = (
    ("modules",),
    ("action", "filter", "inventory"),
    ("_reset", "_backup", "_power", "plugin_utils"),
    ("_ssh",),
    ("_engine",),
    ("_module",),
    ("_services",),
    ("_api",),
    ("_interrupts",),
    ("_channel", "_clock", "_ids", "_lineage", "_not_text", "_secrets", "_shapes"),
    ("_problems", "_text", "_user_data_formats"),
    ("_errors", "doc_fragments"),
)
RANK = {package: -row for row, packages in enumerate(LAYERS) for package in packages}

# These see neither a socket nor Ansible: the standard library, and each other.
PURE = {
    *(f"_reset/{name}" for name in ("plan", "preflight", "rules_image", "rules_instance", "rules_login", "summary")),
    *(
        f"_reset/{name}"
        for name in ("desired", "fleet_options", "idempotency_entry", "log_options", "options", "request", "result")
    ),
    *(f"_backup/{name}" for name in ("image_rules", "resource", "result", "snapshot_rules")),
    *("_power/course", "_power/plan"),
    *(
        f"_engine/{name}"
        for name in ("advice", "driver", "flow", "poll", "progress", "reading", "result", "rollout", "rules", "timing")
    ),
    *("_engine/reasons", "_engine/tracker", "_engine/workers"),
    *(f"_api/{name}" for name in ("endpoint", "error_codes", "identity_advice", "response", "signing")),
    *("_api/strict_json", "_api/transform", "_ssh/host_key", "_ssh/options", "_ssh/stable_keys"),
    *("_clock", "_errors", "_ids", "_not_text", "_problems", "_secrets", "_shapes", "_text", "_user_data_formats"),
    *(f"plugin_utils/_inventory/{name}" for name in ("group_names", "host_names", "hosts")),
    "plugin_utils/_user_data",
}
OF_THE_ROLE = "plugin_utils/_role/"
"""What the role decides with: the standard library, each other, what is pure, and what follows."""
BENEATH_THE_ROLE = ("_ssh/",)

ONLY_HERE = {
    "requests": {"_api/transport"},
    "ansible": {"_module", "action", "filter", "inventory", "plugin_utils/_progress/action"},
    "jinja2": {"plugin_utils/_inventory/expressions", "plugin_utils/_role/conditions", "plugin_utils/_role/page"},
    "yaml": {"plugin_utils/_role/structured_text"},
}
EXITS = {"AnsibleModule", "exit_json", "fail_json"}
WAITS = {"_clock", "_engine/driver", "_interrupts"}
BACKS_OFF = {"_clock", "_api/client", "_ssh/shared_file"}
NAMED_BY_ANSIBLE = {"ActionModule", "FilterModule", "ModuleDocFragment"}
"""Classes that each plugin of a kind has to have."""

FILES = sorted(path for path in PLUGINS.rglob("*.py") if path.stat().st_size)
SIMULATOR = sorted((ROOT / "tests" / "simulator").rglob("*.py"))


def place(file: Path) -> str:
    """What a file is called in the tables above: its path, where module_utils goes without saying."""
    return file.relative_to(PLUGINS).with_suffix("").as_posix().removeprefix("module_utils/")


def package(name: str) -> str:
    """The package of a place: the first part of its path."""
    return name.split("/")[0]


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """The whole syntax tree of a file, imports within functions and conditions included."""
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def relative(file: Path, node: ast.ImportFrom) -> Iterator[str]:
    """The places that a relative import names: a file, or files of a folder."""
    folder = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
    if folder.with_suffix(".py").is_file():
        yield place(folder.with_suffix(".py"))
    else:
        yield from (place(folder / f"{alias.name}.py") for alias in node.names)


@cache
def own(file: Path) -> frozenset[str]:
    """The places of this collection that a file imports."""
    found = [node for node in nodes(file) if isinstance(node, ast.ImportFrom) and node.level]
    return frozenset(name for node in found for name in relative(file, node))


@cache
def foreign(file: Path) -> frozenset[str]:
    """Full names of what a file imports from elsewhere."""
    names = [alias.name for node in nodes(file) if isinstance(node, ast.Import) for alias in node.names]
    for node in nodes(file):
        if isinstance(node, ast.ImportFrom) and not node.level:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return frozenset(names)


def top_levels(file: Path) -> set[str]:
    """The packages that a file imports from, but this collection's own."""
    return {name.split(".")[0] for name in foreign(file)}


def attributes(file: Path) -> set[str]:
    """The names that a file looks up in something."""
    return {node.attr for node in nodes(file) if isinstance(node, ast.Attribute)}


def names_of(paths: list[Path]) -> list[str]:
    """What to call the files in a report."""
    return [str(path.relative_to(ROOT)) for path in paths]


every_file = pytest.mark.parametrize("file", FILES, ids=names_of(FILES))


@every_file
def test_every_file_has_a_place(file: Path) -> None:
    assert package(place(file)) in RANK, f"{file} is in no row of LAYERS"


@every_file
def test_every_import_of_the_collection_names_a_file(file: Path) -> None:
    known = {place(other) for other in FILES}
    assert own(file) <= known


@every_file
def test_no_import_points_up_or_sideways(file: Path) -> None:
    mine = package(place(file))
    wrong = {name for name in own(file) if package(name) != mine and RANK[package(name)] >= RANK[mine]}
    assert not wrong, f"{place(file)} imports {sorted(wrong)}, which are not below it"


def test_no_imports_go_in_a_circle() -> None:
    order = graphlib.TopologicalSorter({place(file): own(file) for file in FILES})
    assert list(order.static_order())


@every_file
def test_imports_within_the_collection_are_relative(file: Path) -> None:
    assert "ansible_collections" not in top_levels(file)


@every_file
def test_what_lies_outside_is_imported_in_one_place_each(file: Path) -> None:
    here = {place(file), package(place(file))}
    strangers = top_levels(file) - set(sys.stdlib_module_names)
    assert {name for name in strangers if not here & ONLY_HERE.get(name, set())} == set()


@every_file
def test_only_the_frame_reports_and_exits(file: Path) -> None:
    used = {node.id for node in nodes(file) if isinstance(node, ast.Name)}
    used |= attributes(file)
    used |= {name.rpartition(".")[2] for name in foreign(file)}
    assert place(file) == "_module" or not used & EXITS


@every_file
def test_json_is_decoded_in_one_place(file: Path) -> None:
    """By a decoder that is strict and bounded."""
    assert place(file) == "_api/strict_json" or not attributes(file) & {"load", "loads", "JSONDecoder"}


@every_file
def test_no_message_has_the_name_of_a_class(file: Path) -> None:
    """It tells a person neither the reason nor what to do."""
    assert "__name__" not in attributes(file)


@every_file
def test_one_loop_waits(file: Path) -> None:
    """So that a thousand flows wait as one does. A read that is tried again alone backs off by itself, and so does who
    waits for the lock of a file."""
    assert place(file) in WAITS or ("sleep" not in attributes(file) and "time.sleep" not in foreign(file))
    used = {node.id for node in nodes(file) if isinstance(node, ast.Name)}
    assert place(file) in BACKS_OFF or "Backoff" not in used


def test_no_two_classes_bear_one_name() -> None:
    places: dict[str, list[str]] = {}
    for file in FILES:
        for name in [node.name for node in nodes(file) if isinstance(node, ast.ClassDef)]:
            places.setdefault(name, []).append(place(file))
    assert {name: where for name, where in places.items() if len(where) > 1 and name not in NAMED_BY_ANSIBLE} == {}


@pytest.mark.parametrize("name", sorted(PURE))
def test_what_is_pure_imports_what_is_pure(name: str) -> None:
    folder = PLUGINS if name.startswith("plugin_utils/") else PLUGINS / "module_utils"
    file = folder / f"{name}.py"
    assert own(file) <= PURE
    assert top_levels(file) <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "file", [file for file in FILES if place(file).startswith(OF_THE_ROLE)], ids=lambda file: file.stem
)
def test_what_the_role_thinks_with_needs_nothing_else(file: Path) -> None:
    assert all(name.startswith((OF_THE_ROLE, *BENEATH_THE_ROLE)) or name in PURE for name in own(file))
    outside = top_levels(file) - set(sys.stdlib_module_names)
    assert {name for name in outside if place(file) not in ONLY_HERE.get(name, set())} == set()


@pytest.mark.parametrize("file", SIMULATOR, ids=names_of(SIMULATOR))
def test_the_simulator_knows_nothing_of_the_plugins(file: Path) -> None:
    depth = len(file.relative_to(ROOT / "tests" / "simulator").parts)
    assert not [name for name in foreign(file) if name.startswith(("ansible", "plugins"))]
    assert not [node for node in nodes(file) if isinstance(node, ast.ImportFrom) and node.level > depth]
