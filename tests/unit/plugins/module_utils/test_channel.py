# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of the pipe on which a module writes what it waits for: real pipes, and whatever may be wrong with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._channel import LENGTH, Channel, decoded, encoded
from tests.unit.support.pipes import named_pipe

ROOM = 1 << 20
"""Bytes, which are more than a pipe holds."""
LINES = [("ins-1", "sent"), ("", "0 of 2 done"), ("ins-2", "sent"), ("", "1 of 2 done")]


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A named pipe and the descriptor of its reader."""
    path = tmp_path / "pipe"
    with named_pipe(path) as reader:
        yield path, reader


def test_what_is_said_arrives(pipe: tuple[Path, int]) -> None:
    channel = Channel(str(pipe[0]))
    for said in LINES:
        channel.say(*said)
    assert [decoded(line) for line in os.read(pipe[1], 4096).splitlines()] == LINES


@pytest.mark.parametrize("text", ["two\nlines", "a\ttab", "\x1b[2Jcleared", "\u202ereversed", "x" * 5000, "重装系统"])
def test_a_text_is_one_line_that_can_be_shown(text: str) -> None:
    line = encoded(text, text)
    assert line.count(b"\n") == 1
    assert line.count(b"\t") == 1
    said = decoded(line.rstrip(b"\n"))
    assert said is not None
    assert all(part.isprintable() and len(part) <= LENGTH for part in said)


@pytest.mark.parametrize("line", [b"", b"no tab", b"\xff"])
def test_what_is_no_such_line_is_left_out(line: bytes) -> None:
    assert decoded(line) is None


def _nowhere(folder: Path) -> Path:
    return folder / "missing" / "pipe"


def _no_reader(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _a_folder(folder: Path) -> Path:
    return folder


@pytest.mark.parametrize("place", [_nowhere, _no_reader, _a_folder])
def test_without_a_reader_nothing_is_said(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    """As on another machine, where the path leads nowhere."""
    Channel(str(place(tmp_path))).say("ins-1", "sent")
    Channel(None).say("ins-1", "sent")


def test_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "pipe"
    file.write_text("precious", encoding="utf-8")
    Channel(str(file)).say("ins-1", "sent")
    assert file.read_text(encoding="utf-8") == "precious"


def test_a_reader_that_goes_is_not_missed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    channel = Channel(str(tmp_path / "pipe"))
    os.close(reader)
    channel.say("ins-1", "sent")
    channel.say("ins-1", "accepted")


def test_a_reader_that_does_not_read_is_not_waited_for(pipe: tuple[Path, int]) -> None:
    channel = Channel(str(pipe[0]))
    for number in range(ROOM // 10):
        channel.say("ins-1", f"line {number}")
    os.read(pipe[1], ROOM)
    channel.say("ins-1", "the last")
    assert os.read(pipe[1], ROOM).endswith(b"the last\n")
