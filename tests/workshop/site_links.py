# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m tests.workshop.site_links FOLDER``: whether every link within a built site leads somewhere."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit


class Page(HTMLParser):
    """A page of HTML: the links in it, and the places that a link can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        for name, value in attrs:
            if value and name in ("href", "src"):
                self.links.append(value)
            elif value and name in ("id", "name"):
                self.places.add(value)


def broken(folder: Path) -> list[str]:
    """The links that lead nowhere, each with its page."""
    files = sorted(folder.rglob("*.html"))
    pages = {file.resolve(): Page(file.read_text(encoding="utf-8")) for file in files}
    return [
        f"{file.relative_to(folder.resolve())}: {link}"
        for file, page in pages.items()
        for link in page.links
        if not _leads_somewhere(file, link, pages)
    ]


def _leads_somewhere(file: Path, link: str, pages: Mapping[Path, Page]) -> bool:
    address, place = urldefrag(link)
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return parts.scheme in ("https", "http", "data") and bool(parts.netloc or parts.path)
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    return target.exists() and (not place or (target in pages and unquote(place) in pages[target].places))


def main(arguments: list[str]) -> int:
    """Print the broken links of a site; returns the exit code."""
    folder = Path(arguments[0])
    found = broken(folder)
    for link in found:
        print(f"ERROR: {link}")
    pages = len(list(folder.rglob("*.html")))
    print(f"{pages} pages, {len(found)} links lead nowhere")
    return 0 if pages and not found else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
