# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arrows point down only: what each part of the collection may import, read from the source itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRIVATE = "ansible_collections.tencent.cloud.plugins.module_utils."
OF_THE_ROLE = "ansible_collections.tencent.cloud.plugins.plugin_utils."
"""What the private filters of the role think with: the standard library, and each other."""

# From the top down. A part imports from the rows below its own alone; a new file needs a place here.
LAYERS = (
    ("filter", "inventory", "modules"),
    ("plugin_utils",),
    ("_census", "_drafts", "_module"),
    ("_connection", "_inventory", "_lineage"),
    ("_host_names",),
    ("_group_names",),
    ("_image", "_power", "_snapshot"),
    ("_artifact_life", "_power_options", "_power_result", "_rollback", "_snapshot_options"),
    ("_single_call", "_artifact_options"),
    ("_artifact",),
    ("_reset", "_reset_options"),
    ("_reset_submission",),
    ("_reset_follow", "_once"),
    ("_image_rules", "_once_log", "_power_course", "_snapshot_rules"),
    ("_once_entry", "_reset_plan", "_reset_summary"),
    ("_reset_rules", "_power_plan", "_change_result"),
    ("_rules_image", "_rules_instance", "_rules_login"),
    ("_reset_rule", "_reset_result"),
    ("_reset_ledger", "_reset_watch"),
    ("_reset_facts",),
    ("_cbs", "_cvm", "_region", "_sts", "_tag", "_known_hosts", "_host_key_options", "_user_data"),
    ("_listing", "_openssh", "_host_scan", "_sources"),
    ("_client", "_metadata", "_profiles", "_ids", "_not_text", "_timing"),
    ("_credentials", "_problems"),
    ("_backoff", "_endpoint", "_envelope", "_records", "_signing", "_transport", "_verdict", "_host_key"),
    ("_strict_json", "_failure", "_socket_watch", "_secrets", "_identity_advice", "_advice"),
    ("_text", "_route", "_user_data_formats"),
    ("_errors", "doc_fragments"),
)
RANK = {part: -row for row, parts in enumerate(LAYERS) for part in parts}

# These see neither a socket nor Ansible: the standard library, and each other.
PURE = {
    *("_reset_plan", "_reset_rules", "_rules_image", "_rules_instance", "_rules_login"),
    *("_image_rules", "_snapshot_rules", "_power_course", "_power_plan"),
    *(
        "_reset_ledger",
        "_reset_rule",
        "_reset_facts",
        "_reset_watch",
        "_reset_result",
        "_reset_summary",
        "_once_entry",
        "_inventory",
    ),
    *("_host_names", "_group_names"),
    *("_signing", "_backoff", "_errors", "_envelope", "_endpoint", "_records", "_verdict"),
    *("_strict_json", "_text", "_user_data_formats", "_secrets", "_identity_advice", "_advice", "_timing"),
    *("_host_key", "_host_key_options", "_host_scan", "_user_data", "_ids", "_problems", "_not_text"),
}

ONLY_HERE = {
    "requests": {"_transport"},
    "ansible": {"_module", "filter", "inventory"},
}
EXITS = {"AnsibleModule", "exit_json", "fail_json"}

FILES = sorted((ROOT / "plugins").rglob("*.py"))
SIMULATOR = sorted((ROOT / "tests" / "simulator").rglob("*.py"))


def part_of(file: Path) -> str:
    """The part that a file is: its own name in module_utils, the folder's name elsewhere."""
    folder = file.relative_to(ROOT / "plugins").parts[0]
    return file.stem if folder == "module_utils" else folder


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """The whole syntax tree of a file, imports within functions and conditions included."""
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def imported(file: Path) -> Iterator[str]:
    """Full names of what a file imports; an import relative to its folder begins with a dot."""
    for node in nodes(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (f"{node.module}." if node.module else "")
            yield from (module + alias.name for alias in node.names)


def own_parts(file: Path) -> set[str]:
    """The private modules that a file imports."""
    own = [name for name in imported(file) if name.startswith("ansible_collections")]
    for name in own:
        assert name.startswith((PRIVATE, OF_THE_ROLE)), f"{file.name} imports {name}"
    return {
        "plugin_utils" if name.startswith(OF_THE_ROLE) else name.removeprefix(PRIVATE).split(".")[0] for name in own
    }


def top_levels(file: Path) -> set[str]:
    """The packages that a file imports from, but this collection's own."""
    return {name.split(".")[0] for name in imported(file) if not name.startswith((PRIVATE, OF_THE_ROLE))}


def names_of(paths: list[Path]) -> list[str]:
    """What to call the files in a report."""
    return [str(path.relative_to(ROOT)) for path in paths]


every_file = pytest.mark.parametrize("file", FILES, ids=names_of(FILES))


@every_file
def test_every_file_has_a_place(file: Path) -> None:
    assert part_of(file) in RANK, f"{file} is in no row of LAYERS"


@every_file
def test_no_import_points_up_or_sideways(file: Path) -> None:
    wrong = {name for name in own_parts(file) if RANK[name] >= RANK[part_of(file)]}
    assert not wrong, f"{file.name} imports {sorted(wrong)}, which are not below it"


@every_file
def test_imports_are_absolute(file: Path) -> None:
    assert not [name for name in imported(file) if name.startswith(".")]


@every_file
def test_what_lies_outside_is_imported_in_one_place_each(file: Path) -> None:
    foreign = top_levels(file) - set(sys.stdlib_module_names)
    assert {name for name in foreign if part_of(file) not in ONLY_HERE.get(name, ())} == set()


@every_file
def test_only_the_frame_reports_and_exits(file: Path) -> None:
    used = {node.id for node in nodes(file) if isinstance(node, ast.Name)}
    used |= {node.attr for node in nodes(file) if isinstance(node, ast.Attribute)}
    used |= {name.rpartition(".")[2] for name in imported(file)}
    assert part_of(file) == "_module" or not used & EXITS


@every_file
def test_json_is_decoded_in_one_place(file: Path) -> None:
    """By a decoder that is strict and bounded."""
    used = {node.attr for node in nodes(file) if isinstance(node, ast.Attribute)}
    assert part_of(file) == "_strict_json" or not used & {"load", "loads", "JSONDecoder"}


@every_file
def test_no_message_has_the_name_of_a_class(file: Path) -> None:
    """It tells a person neither the reason nor what to do."""
    assert "__name__" not in {node.attr for node in nodes(file) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("part", sorted(PURE))
def test_what_is_pure_imports_what_is_pure(part: str) -> None:
    file = ROOT / "plugins" / "module_utils" / f"{part}.py"
    assert own_parts(file) <= PURE
    assert top_levels(file) <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "file", [file for file in FILES if part_of(file) == "plugin_utils"], ids=lambda file: file.stem
)
def test_what_the_role_thinks_with_needs_nothing_else(file: Path) -> None:
    assert {name.split(".")[0] for name in imported(file)} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("part", [part for part in sorted(RANK) if part.startswith("_")])
def test_every_place_has_its_file(part: str) -> None:
    assert (ROOT / "plugins" / "module_utils" / f"{part}.py").is_file()


@pytest.mark.parametrize("file", SIMULATOR, ids=names_of(SIMULATOR))
def test_the_simulator_knows_nothing_of_the_plugins(file: Path) -> None:
    names = list(imported(file))
    depth = len(file.relative_to(ROOT / "tests" / "simulator").parts)
    assert not [name for name in names if name.startswith(("ansible", "plugins"))]
    assert not [name for name in names if len(name) - len(name.lstrip(".")) > depth]
