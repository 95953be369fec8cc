# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a built site: what it calls broken, and what not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workshop.site_links import broken, main

PAGE = '<h1 id="top">A</h1><a href="{}">B</a>'


@pytest.mark.parametrize(
    "link", ["b.html", "b.html#top", "#top", "folder/", "b.html?v=1", "https://example.org/x", "b%2Ehtml", "data:,x"]
)
def test_a_link_that_leads_somewhere(tmp_path: Path, link: str) -> None:
    assert broken(site(tmp_path, link)) == []
    assert main([str(tmp_path)]) == 0


@pytest.mark.parametrize("link", ["c.html", "b.html#bottom", "#bottom", "/b.html", "folder/#top", "javascript:x"])
def test_a_link_that_leads_nowhere(tmp_path: Path, link: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert broken(site(tmp_path, link)) == [f"a.html: {link}"]
    assert main([str(tmp_path)]) == 1
    assert f"a.html: {link}" in capsys.readouterr().out


def test_a_folder_without_pages_is_no_site(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 1


def site(folder: Path, link: str) -> Path:
    (folder / "folder").mkdir()
    (folder / "a.html").write_text(PAGE.format(link), encoding="utf-8")
    (folder / "b.html").write_text(PAGE.format("a.html"), encoding="utf-8")
    return folder
