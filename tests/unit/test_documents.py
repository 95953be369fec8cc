# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every block of code in the documents can be parsed, and takes only what there is; every link leads somewhere."""

from __future__ import annotations

import ast
import configparser
import importlib
import json
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.document_yaml import complaints
from tests.documents import (
    MARKS,
    OTHERS,
    REPOSITORY,
    ROOT,
    SIMULATOR,
    USERS,
    Block,
    Document,
    addresses,
    commands,
    names_of,
    read,
)

DOCUMENTS = names_of((*USERS, *OTHERS))
TRANSLATED = names_of(("docs/docsite/rst/*_zh.rst",))
BLOCKS = [block for name in DOCUMENTS for block in read(name).blocks]
IN_REPOSITORY = re.compile(rf"{re.escape(REPOSITORY)}/(?:blob|tree)/main/(?P<path>[^#]+)(?:#(?P<anchor>.+))?")
HOST = re.compile(r"([A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(:\d+)?")


def _yaml(block: Block) -> None:
    assert complaints(block.text) == []


def _shell(block: Block) -> None:
    text = "\n".join(command for command, output in commands(block))
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def _ini(block: Block) -> None:
    configparser.ConfigParser(allow_no_value=True, interpolation=None).read_string(block.text)


def _python(block: Block) -> None:
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = importlib.import_module(node.module)
            assert all(hasattr(module, one.name) for one in node.names)


def _json(block: Block) -> None:
    json.loads(block.text)


def _anything(block: Block) -> None:
    assert block.text.strip()


PARSERS: dict[str, Callable[[Block], Any]] = {
    "yaml": _yaml,
    "json": _json,
    "ini": _ini,
    "python": _python,
    "sh": _shell,
    "console": _shell,
    "text": _anything,
    "diff": _anything,
}


@cache
def read_once(name: str) -> Document:
    return read(name)


def test_there_are_documents_with_blocks_of_both_kinds() -> None:
    assert {Path(block.document).suffix for block in BLOCKS} == {".md", ".rst"}


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_can_be_parsed_and_says_its_language(block: Block) -> None:
    assert block.language in PARSERS, f"{block}: give it a language, one of {sorted(PARSERS)}"
    PARSERS[block.language](block)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.marks], ids=str)
def test_a_mark_says_why(block: Block) -> None:
    assert set(block.marks) <= set(MARKS)
    assert all(block.marks.values())


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_translation_has_the_same_code(name: str) -> None:
    original, translation = (read_once(one).blocks for one in (name.replace("_zh", ""), name))
    assert [(block.language, block.text) for block in translation] == [
        (block.language, block.text) for block in original
    ]


@pytest.mark.parametrize("name", [*DOCUMENTS, "docs/docsite/links.yml"])
def test_a_link_into_the_repository_leads_to_a_file_and_a_heading(name: str) -> None:
    for url in addresses((ROOT / name).read_text(encoding="utf-8")):
        if found := IN_REPOSITORY.fullmatch(url):
            assert_there(ROOT / found["path"], found["anchor"])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_link_within_the_repository_leads_to_a_file_and_a_heading(name: str) -> None:
    for link in read_once(name).links:
        path, _hash, anchor = link.partition("#")
        if not urlsplit(link).scheme:
            assert_there((ROOT / name).parent / path if path else ROOT / name, anchor)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_address_is_well_formed(name: str) -> None:
    for url in addresses(read_once(name).text):
        parts = urlsplit(url)
        assert HOST.fullmatch(parts.netloc) or "NAME" in url or "HOST" in url, url


@pytest.mark.parametrize("name", names_of(("README*.md",)))
def test_a_readme_has_full_addresses_only_since_galaxy_shows_it_elsewhere(name: str) -> None:
    assert [link for link in read_once(name).links if not link.startswith(("https://", "#"))] == []


def assert_there(path: Path, anchor: str | None) -> None:
    path = path.resolve()
    assert path.is_relative_to(ROOT)
    assert path.exists(), path
    if anchor:
        assert anchor in read_once(str(path.relative_to(ROOT))).anchors, f"{path}#{anchor}"


@pytest.mark.parametrize("name", sorted({block.document for block in BLOCKS if SIMULATOR in block.text}))
def test_who_calls_the_simulator_is_told_how_it_is_started(name: str) -> None:
    text = read(name).text
    assert "-m tests.simulator" in text or "guide_quick_start" in text
