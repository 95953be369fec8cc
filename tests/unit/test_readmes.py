# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README in two languages: short, with a whole table of contents, and the same content side by side."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from tests.documents import REPOSITORY, ROOT, Document, read

ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
MOST_LINES = 250
IN_CHINESE = {
    f"{REPOSITORY}/blob/main/{CHINESE}": f"{REPOSITORY}/blob/main/{ENGLISH}",
    f"{REPOSITORY}/blob/main/docs/docsite/rst/guide_quick_start.rst": (
        f"{REPOSITORY}/blob/main/docs/docsite/rst/guide_quick_start_zh.rst"
    ),
    "https://www.tencentcloud.com/document/product/213/33242": "https://cloud.tencent.com/document/api/213/15724",
}
"""Where the Chinese README leads instead."""


@pytest.fixture(scope="module")
def both() -> tuple[Document, Document]:
    """The English and the Chinese one."""
    return read(ENGLISH), read(CHINESE)


def test_they_have_the_same_sections_and_tables_of_the_same_size(both: tuple[Document, Document]) -> None:
    assert shape(both[0]) == shape(both[1])


def test_they_have_the_same_code(both: tuple[Document, Document]) -> None:
    english, chinese = ([(block.language, block.text, block.marks) for block in one.blocks] for one in both)
    assert english == chinese


def test_they_lead_to_the_same_places(both: tuple[Document, Document]) -> None:
    english, chinese = ([link for link in one.links if not link.startswith("#")] for one in both)
    assert [IN_CHINESE.get(link, link) for link in english] == chinese


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_the_contents_are_all_sections_in_their_order(name: str) -> None:
    document = read(name)
    sections = [heading for heading in document.headings[1:] if heading not in ("Contents", "目录")]
    anchors = [re.sub(r"[^\w\- ]", "", section.lower()).replace(" ", "-") for section in sections]
    assert [link[1:] for link in document.links if link.startswith("#")] == anchors


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_it_is_short(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_what_a_user_types_first_comes_after_credentials_and_permissions(both: tuple[Document, Document]) -> None:
    typed = [block.text for block in both[0].blocks if block.language in ("sh", "console", "json")]
    order = [
        next(n for n, text in enumerate(typed) if word in text) for word in ("SECRET_KEY", "statement", "reset.yml")
    ]
    assert order == sorted(order)


def shape(document: Document) -> list[str]:
    """The headings by their levels, and the rows and cells of tables, in their order."""
    tokens = MarkdownIt("commonmark").enable("table").parse(document.text)
    return [token.tag for token in tokens if token.type in ("heading_open", "tr_open", "td_open", "th_open")]
