# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to troubleshooting has every code that the collection knows, and no other, with the advice of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible.inventory import manager
from ansible.module_utils.basic import missing_required_lib
from docutils import nodes
from docutils.core import publish_doctree

from ansible_collections.tencent.cloud.plugins.module_utils import _user_data_formats
from ansible_collections.tencent.cloud.plugins.module_utils._api import error_codes, identity_advice
from ansible_collections.tencent.cloud.plugins.module_utils._backup import image_rules, snapshot_rules
from ansible_collections.tencent.cloud.plugins.module_utils._engine import advice
from ansible_collections.tencent.cloud.plugins.module_utils._engine.result import Outcome
from ansible_collections.tencent.cloud.plugins.module_utils._reset import rules_image, rules_instance, rules_login
from ansible_collections.tencent.cloud.plugins.module_utils._services import tag
from ansible_collections.tencent.cloud.plugins.module_utils._ssh import stable_keys
from ansible_collections.tencent.cloud.plugins.plugin_utils._role import problems, ssh_rules
from tests.documents import ROOT

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_troubleshooting.rst"
DOCUMENTED = yaml.safe_load((Path(__file__).parent / "data" / "reset_codes.yaml").read_text(encoding="utf-8"))
RULES = [
    rule
    for table in (
        *(rules_image.RULES, rules_instance.RULES, rules_login.RULES),
        *(image_rules.CREATE, image_rules.DELETE),
        *(snapshot_rules.CREATE, snapshot_rules.DELETE, snapshot_rules.RESTORE),
    )
    for rule in table
]
ROLE_RULES = [*problems.RULES, *ssh_rules.SSH_RULES]
CODE = re.compile(r"[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)?")
NO_CODES = {
    "Code": "the key of an answer that has the code",
    "Error": "what an error has that was given no code; every one is",
    "UnsupportedOperation.InstanceState": "the beginning of codes that are in the tables",
}
"""Texts that the search for codes finds and that are none."""

Rows = dict[str, str]
"""The text of a row, by each thing that its first cell names."""


@pytest.fixture(scope="module")
def tables() -> dict[str, Rows]:
    """The rows of the guide's tables, by the heading of the first column."""
    settings = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "_disable_config": True}
    found: dict[str, Rows] = {}
    for table in publish_doctree(GUIDE.read_text(encoding="utf-8"), settings_overrides=settings).findall(nodes.table):
        head, *rows = table.findall(nodes.row)
        of_kind = found.setdefault(head[0].astext(), {})
        for row in rows:
            # A message stands there as it is.
            for name in [one.astext() for one in row[0].findall(nodes.literal)] or [plain(row[0].astext())]:
                assert name not in of_kind, f"{name} is in two rows"
                of_kind[name] = plain(row.astext())
    return found


def plain(text: str) -> str:
    """A text in which only the words count."""
    return " ".join(text.split())


def own_codes() -> Iterator[str]:
    """The codes that the code names where it makes errors and problems."""
    for path in (ROOT / "plugins").rglob("*.py"):
        # The role tells of its problems by the variable to change.
        if "_role" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield from codes_in(value_of_code(node))


def value_of_code(node: ast.AST) -> ast.AST | None:
    """What is given as a code at this place, if anything is."""
    if isinstance(node, ast.keyword) and node.arg == "code":
        return node.value
    if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == "code" for one in node.targets):
        return node.value
    is_problem = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and "Problem" in node.func.id
    is_objection = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_Objection"
    return node.args[0] if isinstance(node, ast.Call) and (is_problem or is_objection) and node.args else None


def codes_in(value: ast.AST | None) -> Iterator[str]:
    for one in ast.walk(value) if value else ():
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.fullmatch(one.value):
            yield one.value


def known_codes() -> set[str]:
    """Every code that a task can end with, or that a problem or a warning has, as far as the collection knows."""
    of_keys = (*identity_advice._KEY, *identity_advice._PERMISSION_CODES, *identity_advice._CLOCK_CODES)
    of_host_keys = (stable_keys._fault(last, ("old",), 0)[0] for last in ((), ("old",), ("new",)))
    of_rules = (code for rule in RULES for code in rule.codes)
    of_tags = (*tag._ADVICE, tag.UNKNOWN_INSTANCE)
    of_documents = (code for codes in DOCUMENTED.values() for code in codes)
    found = {*error_codes._CODES, *advice._ADVICE, *of_keys, *of_host_keys, *of_rules, *of_tags, *of_documents}
    return (found | set(own_codes())) - set(NO_CODES)


def test_every_code_is_there_and_no_other(tables: dict[str, Rows]) -> None:
    listed = set(tables["code"])
    assert (sorted(known_codes() - listed), sorted(listed - known_codes())) == ([], [])


def test_the_search_finds_what_the_code_raises() -> None:
    assert {"NoAnswer", "NotSent", "StarterGone", "OnceRefused", "Ambiguous", "NoThreads"} <= set(own_codes())
    assert {"NoHostKey", "OldHostKey", "UnstableHostKey"} <= known_codes()


ADVICE = [
    *((code, text) for table in (advice._ADVICE, identity_advice._KEY) for code, text in table.items()),
    *((code, text.replace("{key}", "ansible-reset-once-...")) for code, text in tag._ADVICE.items()),
    *((rule.codes[0], rule.fix) for rule in RULES if isinstance(rule.fix, str)),
    *((fault.code, fault.fix) for fault in _user_data_formats.FAULTS),
]
SAID_OTHERWISE = {
    "An id is ins- and eight lower-case letters or digits.",
    "Check instance_id and region.",
    "Delete the image first (cvm_image).",
    "Give a custom image.",
    "Reinstall it first.",
    "Start it first: cvm_instance_power with state: running.",
    "Stop sharing it first.",
    "Wait for its end.",
    "Wait until it is made, then run again.",
}
"""Sentences of rules that only repeat what a table of advice has for their codes."""


@pytest.mark.parametrize(("code", "text"), ADVICE)
def test_a_row_has_the_advice_that_a_task_prints(tables: dict[str, Rows], code: str, text: str) -> None:
    for sentence in re.split(r"(?<=\.) (?=[A-Z])", plain(text)):
        assert sentence in tables["code"][code] or (sentence in SAID_OTHERWISE and code in advice._ADVICE), sentence


def test_every_outcome_is_there_and_no_other(tables: dict[str, Rows]) -> None:
    assert set(tables["outcome"]) == {outcome.value for outcome in Outcome}


def test_every_variable_that_the_role_refuses_is_there_with_its_advice(tables: dict[str, Rows]) -> None:
    rows = tables["variable"]
    assert set(rows) == {name for rule in ROLE_RULES for name in rule.option.split(", ")}
    for rule in ROLE_RULES:
        for name in rule.option.split(", "):
            assert plain(str(rule.fix)) in rows[name]


def test_every_message_is_one_of_the_code(tables: dict[str, Rows]) -> None:
    """`...` in a message stands for what differs."""
    files = [*(ROOT / "plugins").rglob("*.py"), Path(manager.__file__)]
    texts = [plain(text) for path in files for text in texts_of(path)] + [missing_required_lib("requests")]
    for message in tables["message"]:
        for part in filter(None, map(str.strip, message.split("..."))):
            assert any(part in text for text in texts), part


def texts_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
