# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of the pipe on which is read what a module waits for, and whatever may keep that from being shown."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._channel import Channel
from ansible_collections.tencent.cloud.plugins.plugin_utils._progress.listener import (
    Listener,
    listening,
    without_overtaken,
)
from tests.unit.support.pipes import named_pipe

LINES = [("ins-1", "sent"), ("", "0 of 2 done"), ("ins-2", "sent"), ("", "1 of 2 done")]


class Shown:
    """What was shown, and a way to wait for it."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self._enough = threading.Condition()

    def __call__(self, about: str, line: str, seconds: float) -> None:
        assert seconds >= 0
        with self._enough:
            self.lines.append((about, line))
            self._enough.notify_all()

    def wait_for(self, count: int) -> None:
        with self._enough:
            assert self._enough.wait_for(lambda: len(self.lines) >= count, timeout=30)


@contextmanager
def running(listener: Listener) -> Iterator[None]:
    """It listens in a thread of its own for the time of a ``with`` block."""
    thread = threading.Thread(target=listener.run)
    thread.start()
    yield
    listener.stop()
    thread.join()


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A named pipe and the descriptor of its reader."""
    path = tmp_path / "pipe"
    with named_pipe(path) as reader:
        yield path, reader


def test_lines_are_shown_while_they_come_and_the_last_ones_too(tmp_path: Path) -> None:
    shown = Shown()
    with listening(str(tmp_path), shown) as path:
        assert path is not None
        channel = Channel(path)
        channel.say("ins-1", "sent")
        shown.wait_for(1)
        channel.say("ins-1", "accepted")
    assert shown.lines == [("ins-1", "sent"), ("ins-1", "accepted")]
    assert list(tmp_path.iterdir()) == []


def test_the_thread_takes_no_signal_from_the_main_one(tmp_path: Path) -> None:
    def masked() -> set[int]:
        return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    before, shown = masked(), Shown()
    masks: list[set[int]] = []

    def show(about: str, line: str, seconds: float) -> None:
        masks.append(masked())
        shown(about, line, seconds)

    with listening(str(tmp_path), show) as path:
        assert masked() == before
        Channel(path).say("ins-1", "sent")
        shown.wait_for(1)
    assert {signal.SIGINT, signal.SIGTERM, signal.SIGHUP} <= masks[0]
    assert masked() == before


def test_what_comes_while_the_thread_begins_does_not_leave_it_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal that was held back until then."""

    @contextmanager
    def held() -> Iterator[None]:
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr(f"{listening.__module__}.signals_held", held)
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), listening(str(tmp_path), Shown()):
        pytest.fail("It has begun.")
    assert threading.active_count() == before
    assert list(tmp_path.iterdir()) == []


def test_nobody_else_can_enter(tmp_path: Path) -> None:
    with listening(str(tmp_path), Shown()) as path:
        assert path is not None
        assert Path(path).parent.stat().st_mode & 0o077 == 0
        assert Path(path).stat().st_mode & 0o077 == 0


def test_where_no_pipe_can_be_made_nothing_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, mode: int) -> None:
        raise PermissionError(path)

    with listening(str(tmp_path / "missing"), Shown()) as path:
        assert path is None
    monkeypatch.setattr(os, "mkfifo", refuse)
    with listening(str(tmp_path), Shown()) as path:
        assert path is None
    assert list(tmp_path.iterdir()) == []


def test_without_a_thread_nothing_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with listening(str(tmp_path), Shown()) as path:
        assert path is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_removed_is_left(tmp_path: Path) -> None:
    with listening(str(tmp_path), Shown()) as path:
        assert path is not None
        own = Path(path).parent
        shutil.rmtree(own)
        own.write_text("in its place", encoding="utf-8")


def test_it_listens_on_any_descriptor(pipe: tuple[Path, int]) -> None:
    """A run with many forks has more than a thousand."""
    shown = Shown()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limits[0], 2048), limits[1]))
    high = fcntl.fcntl(pipe[1], fcntl.F_DUPFD_CLOEXEC, 1500)
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    with running(Listener(high, shown, gather=0.0)):
        Channel(str(pipe[0])).say("ins-1", "sent")
        shown.wait_for(1)
    os.close(high)


def test_an_error_of_the_task_passes(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), listening(str(tmp_path), Shown()):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_the_last_line_is_shown_again_when_nothing_comes(pipe: tuple[Path, int]) -> None:
    shown = Shown()
    with running(Listener(pipe[1], shown, repeat=0.01, gather=0.0)):
        Channel(str(pipe[0])).say("ins-1", "OPERATING")
        shown.wait_for(3)
    assert set(shown.lines) == {("ins-1", "OPERATING")}


def test_nothing_is_shown_again_before_anything_was_said(pipe: tuple[Path, int]) -> None:
    shown = Shown()
    listener = Listener(pipe[1], shown, repeat=0.001, gather=0.0)
    # So that it comes to the end of many pauses.
    threading.Timer(0.05, listener.stop).start()
    listener.run()
    assert shown.lines == []


def test_of_what_is_said_about_the_whole_at_once_only_the_last_is_shown() -> None:
    assert without_overtaken(LINES) == [("ins-1", "sent"), ("ins-2", "sent"), ("", "1 of 2 done")]
