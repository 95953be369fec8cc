# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the documents: their blocks of code with what is marked above them, their headings, and their links.

A block is marked by comments directly above it, in Markdown ``<!-- WORD: text -->``, in reStructuredText
``.. WORD: text``. `MARKS` has the words. In reStructuredText the name of a block's file is its ``:caption:``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[1]
REPOSITORY = "https://example.org/tencent.cloud"
"""The address of the repository in documents, as in `galaxy.yml`."""
SIMULATOR = "http://127.0.0.1:8099"
"""The address of the simulator in documents."""
MARKS = {
    "file": "the name under which the block is saved",
    "parsed-only": "why the block is not run or saved, and output not compared",
    "fails": "why the commands of the block end with a failure",
    "warns": "why the commands of the block warn",
}
USERS = ("README*.md", "roles/*/README.md", "docs/docsite/rst/*.rst")
"""Documents whose commands are run, as patterns."""
OTHERS = ("CONTRIBUTING.md", "SECURITY.md", "docs/*.md", "tests/*/README.md", "playbooks/**/*.md")
"""Documents whose blocks are parsed."""

_MARKDOWN_COMMENT = re.compile(r"<!--\s*(?P<word>[a-z-]+):\s*(?P<text>.*?)\s*-->", re.DOTALL)
_COMMENT = re.compile(r"(?P<word>[a-z-]+):\s+(?P<text>.*)", re.DOTALL)
_URL = re.compile(r"https?://[^\s<>()`\"'|\\]*[^\s<>()`\"'|\\.,:;*]")
# Roles and directives of Sphinx are unknown here, which docutils would print.
_SETTINGS = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "_disable_config": True}


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        line: where it stands, about.
        marks: what is said of it in comments directly above it, by the words of `MARKS`.
    """

    document: str
    line: int
    language: str
    text: str
    marks: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


@dataclass(frozen=True)
class Document:
    """A document that was read.

    Attributes:
        name: its path, from the root of the checkout.
        headings: their text, without markup.
        links: where they lead, as written: addresses, paths, `#anchor`.
    """

    name: str
    text: str
    blocks: list[Block]
    headings: list[str]
    links: list[str]

    @property
    def anchors(self) -> set[str]:
        """The headings as the anchors that repositories make of them."""
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in self.headings}


def names_of(patterns: tuple[str, ...]) -> list[str]:
    """The documents that match, by name."""
    return sorted(str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern))


def read(name: str) -> Document:
    """Read a document. Raises ValueError when a block or a mark cannot be understood."""
    text = (ROOT / name).read_text(encoding="utf-8")
    document = (_markdown if name.endswith(".md") else _restructured)(name, text)
    for block in document.blocks:
        if not set(block.marks) <= set(MARKS):
            raise ValueError(f"{block}: the marks {sorted(block.marks)} are not all among {sorted(MARKS)}.")
    return document


def addresses(text: str) -> list[str]:
    """Every address in a text, in code as well."""
    return _URL.findall(text)


def commands(block: Block) -> list[tuple[str, str]]:
    """The commands of a block with the output that it shows; a block without prompts (`sh`) is one of them."""
    if block.language != "console":
        return [(block.text, "")]
    found: list[tuple[str, str]] = []
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif found:
            command, output = found.pop()
            goes_on = line.startswith("> ") and not output
            found.append((command + line[2:], "") if goes_on else (command, output + line))
        else:
            raise ValueError(f"{block}: it does not begin with a prompt, `$ `.")
    return found


def _markdown(name: str, text: str) -> Document:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    blocks, marks = [], dict[str, str]()
    for token in tokens:
        if token.type == "html_block":
            marks |= {found["word"]: found["text"] for found in _MARKDOWN_COMMENT.finditer(token.content)}
            continue
        if token.type in ("fence", "code_block"):
            line = (token.map or [0])[0] + 1
            blocks.append(Block(name, line, token.info.strip(), token.content, marks))
        marks = {}
    headings = [_plain(after) for token, after in zip(tokens, tokens[1:]) if token.type == "heading_open"]
    inner = [child for token in tokens for child in token.children or []]
    # The parser writes other letters than ASCII as escapes.
    links = [unquote(str(child.attrs[to])) for child in inner for to in ("href", "src") if to in child.attrs]
    return Document(name, text, blocks, headings, links)


def _plain(heading: Token) -> str:
    return "".join(child.content for child in heading.children or [])


class _CodeBlock(Directive):
    """Sphinx' directive of that name, as far as documents use it."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"caption": str, "emphasize-lines": str}

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content) + "\n"
        block = nodes.literal_block(text, text, language=self.arguments[0], caption=self.options.get("caption", ""))
        block.line = self.lineno
        return [block]


class _Admonition(Directive):
    """Directives of Sphinx whose content is ordinary text."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        holder = nodes.container("\n".join(self.content))
        self.state.nested_parse(self.content, self.content_offset, holder)
        return [holder]


directives.register_directive("code-block", _CodeBlock)
directives.register_directive("seealso", _Admonition)


def _restructured(name: str, text: str) -> Document:
    tree = publish_doctree(text, settings_overrides=_SETTINGS)
    blocks = [_block(name, node) for node in tree.findall(nodes.literal_block) if "system_message" not in _around(node)]
    if len([block for block in blocks if block.language]) != len(re.findall(r"(?m)^ *\.\. code-block::", text)):
        raise ValueError(f"{name}: some code-block cannot be read, or stands in a directive that is unknown here.")
    headings = [title.astext() for title in tree.findall(nodes.title)]
    links = [str(node["refuri"]) for node in tree.findall(nodes.reference) if "refuri" in node]
    return Document(name, text, blocks, headings, links)


def table(document: str, name: str) -> list[list[str]]:
    """The rows below the head of a table in reStructuredText, by its `:name:`; the text of each cell."""
    tree = publish_doctree((ROOT / document).read_text(encoding="utf-8"), settings_overrides=_SETTINGS)
    (found,) = (node for node in tree.findall(nodes.table) if name in node["names"])
    rows = [row for body in found.findall(nodes.tbody) for row in body.findall(nodes.row)]
    return [[entry.astext() for entry in row.findall(nodes.entry)] for row in rows]


def _block(name: str, node: nodes.literal_block) -> Block:
    marks = {"file": node["caption"]} if node.get("caption") else {}
    for comment in _comments_above(node):
        if found := _COMMENT.fullmatch(comment.astext()):
            marks[found["word"]] = " ".join(found["text"].split())
    return Block(name, node.line or 0, node.get("language", ""), node.astext(), marks)


def _comments_above(node: nodes.Node) -> Iterator[nodes.comment]:
    sibling = node.previous_sibling()
    while isinstance(sibling, nodes.comment):
        yield sibling
        sibling = sibling.previous_sibling()


def _around(node: nodes.Node) -> set[str]:
    """The kinds of nodes that a node stands in: what cannot be understood is a block within a message of docutils."""
    parent, kinds = node.parent, set[str]()
    while parent is not None:
        kinds.add(parent.tagname)
        parent = parent.parent
    return kinds
