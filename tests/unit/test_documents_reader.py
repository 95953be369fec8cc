# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reader of documents: what it finds in Markdown and in reStructuredText, and what it does not let pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import documents
from tests.document_yaml import complaints
from tests.documents import Block, commands, read

MARKDOWN = """# A title: `b`

<!-- file: reset.yml -->
<!-- parsed-only: no servers -->
```yaml
a: 1
```

1. In a list:

   ```sh
   true
   ```

An [address](https://example.org/x) and a [heading](#a-title-b).
"""
RESTRUCTURED = """A title
=======

.. A comment that is no mark.

.. parsed-only: no
   servers

.. code-block:: yaml
   :caption: reset.yml

   a: 1

.. note::

   .. code-block:: sh

      true

`An address <https://example.org/x>`__.
"""
MARKS = {"file": "reset.yml", "parsed-only": "no servers"}


@pytest.mark.parametrize(("name", "text"), [("a.md", MARKDOWN), ("a.rst", RESTRUCTURED)])
def test_both_languages_say_the_same(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    document = read(name)
    assert [(block.language, block.text.strip(), block.marks) for block in document.blocks] == [
        ("yaml", "a: 1", MARKS),
        ("sh", "true", {}),
    ]
    assert "https://example.org/x" in document.links
    assert document.anchors == ({"a-title-b"} if name == "a.md" else {"a-title"})


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.md", "<!-- parse-only: x -->\n```sh\n```\n", "marks"),
        ("a.rst", ".. tabs::\n\n   .. code-block:: sh\n\n      true\n", "cannot be read"),
        ("a.rst", ".. code-block:: sh\n   :linenos:\n\n   true\n", "cannot be read"),
    ],
    ids=["mark", "directive", "option"],
)
def test_what_it_does_not_understand_is_an_error(folder: Path, name: str, text: str, problem: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=problem):
        read(name)


def test_a_block_without_a_language_is_found_as_such(folder: Path) -> None:
    (folder / "a.rst").write_text("So::\n\n   code\n", encoding="utf-8")
    assert [block.language for block in read("a.rst").blocks] == [""]


def test_commands_of_a_console_and_their_output() -> None:
    block = Block("a.md", 1, "console", "$ one \\\n>   two\nout\n\n$ three\n", {})
    assert commands(block) == [("one \\\n  two\n", "out\n\n"), ("three\n", "")]
    with pytest.raises(ValueError, match="prompt"):
        commands(Block("a.md", 1, "console", "out\n", {}))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[{hosts: a, tasks: [{tencent.cloud.cvm_instance_info: {instance: x}}]}]", "Supported parameters"),
        ("[{tencent.cloud.cvm_reset: {}}]", "no such module"),
        ("[{block: [{tencent.cloud.cvm_image: {state: gone, image_id: '{{ x }}'}}]}]", "state"),
        ("[{hosts: a, roles: [{role: tencent.cloud.reset_instance, vars: {reset_instance_image: x}}]}]", "variable"),
        ("[{hosts: a, roles: [tencent.cloud.reset]}]", "no such role"),
        ("[{hosts: a, module_defaults: {group/tencent.cloud.all: {regions: x}}}]", "regions is unknown"),
        ("[{hosts: a, module_defaults: {tencent.cloud.cvm_image: {name: x}}}]", "name is unknown"),
        ("{plugin: tencent.cloud.cvm, region_names: []}", "region_names is unknown"),
        ("{plugin: tencent.cloud.cvm, connect_with: [vpn]}", "connect_with"),
        ("{plugin: tencent.cloud.cvms}", "no such inventory"),
        ("{reset_instance_image: x}", "no such variable"),
    ],
)
def test_what_is_not_taken_is_told(text: str, problem: str) -> None:
    (told,) = complaints(text)
    assert problem in told


def test_variables_are_whatever_they_have_to_be() -> None:
    text = "[{tencent.cloud.cvm_reset_instances: {instances: '{{ a }}', image_id: '{{ b }}', policy: '{{ c }}'}}]"
    assert complaints(text) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the checkout."""
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    return tmp_path
