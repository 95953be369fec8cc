# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make picture`: plays the demonstration in a terminal of its own, and draws the telling parts of it as an SVG."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "demo.svg"
COLUMNS, LINES = 100, 50
ROLE = "tencent.cloud.reset_instance : "
SHOWN = (
    "== 1/2",
    "TASK [Ask what a reset would do",
    "TASK [Reset it and wait",
    "TASK [Show what happened",
    "== 2/2",
    f"TASK [{ROLE}Trust the new host key",
    f"TASK [{ROLE}Check the data disks",
    f"TASK [{ROLE}Check that all is done",
    "before  system",
)
"""How the paragraphs of the output begin that the picture has; a mark stands for what is left out between them."""
LEFT_OUT = Text("[...]", "bright_black")
BACKGROUND, FOREGROUND = (24, 26, 31), (214, 217, 224)
NORMAL = [(24, 26, 31), (240, 113, 120), (126, 200, 120), (229, 192, 110), (97, 160, 255), (198, 140, 230)]
NORMAL += [(92, 200, 212), (214, 217, 224)]
BRIGHT = [(140, 145, 158), *NORMAL[1:]]
THEME = TerminalTheme(BACKGROUND, FOREGROUND, NORMAL, BRIGHT)
# Fonts of the reader's own: a picture in a page may load nothing.
FORMAT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="A terminal">
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace }}
.{unique_id}-title {{ font: bold 18px sans-serif }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> int:
    """Play, draw, and return an exit code; when an act or a task to show is missing, draw nothing."""
    code, output = played([sys.executable, "-m", "demo"])
    parts = paragraphs(output)
    missing = [start for start in SHOWN if not any(part.plain.startswith(start) for part in parts)]
    if code or missing:
        print(f"No picture: the demonstration ended with {code}, and its output has no {missing}.", file=sys.stderr)
        return 1
    PICTURE.write_text(drawn(told(parts)), encoding="utf-8")
    print(f"Drawn: {PICTURE}")
    return 0


def played(command: Sequence[str]) -> tuple[int, str]:
    """The exit code of a command, and what it writes to a terminal and here, without paths of this machine."""
    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    coloured = {name: value for name, value in os.environ.items() if name not in ("ANSIBLE_NOCOLOR", "NO_COLOR")}
    process = subprocess.Popen(command, stdin=end, stdout=end, stderr=end, env={**coloured, "TERM": "xterm"})
    os.close(end)
    written = b"".join(_chunks(terminal))
    text = written.decode(errors="replace").replace("\r\n", "\n").replace(f"{ROOT}/", "")
    return process.wait(), text


def _chunks(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # Nobody has the other end any more.
            return
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        yield chunk


def paragraphs(output: str) -> list[Text]:
    """What a command has written, parted at headings."""
    parts = re.split(r"\n+(?=TASK |PLAY |== |before  system|The report)", output)
    return [Text.from_ansi(part.strip("\n")) for part in parts]


def told(parts: Sequence[Text]) -> Text:
    """The paragraphs to show, and between them an empty line, or a mark where others stood."""
    shown, between = list[Text](), Text()
    for part in parts:
        is_shown = part.plain.startswith(SHOWN)
        if is_shown:
            shown += [between, part] if shown else [part]
        between = Text() if is_shown else LEFT_OUT
    return Text("\n").join(shown)


def drawn(text: Text) -> str:
    """The picture of a terminal with this text."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, highlight=False)
    console.print(text)
    return console.export_svg(title="make demo", theme=THEME, code_format=FORMAT, unique_id="demo")


if __name__ == "__main__":
    sys.exit(main())
