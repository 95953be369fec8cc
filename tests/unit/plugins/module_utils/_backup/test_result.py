# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a task with an image or a snapshot: what is shown of the thing itself."""

from __future__ import annotations

from ansible_collections.tencent.cloud.plugins.module_utils._backup.result import BackupResult


def test_the_keys_begin_with_the_noun() -> None:
    result = BackupResult(noun="image", identity="img-1", extra={"instance_id": "ins-1"})
    assert result.about() == {"image_id": "img-1", "image": None, "previous": None, "instance_id": "ins-1"}


def test_what_was_read_once_is_returned_once() -> None:
    read, again = {"image_id": "img-1"}, {"image_id": "img-1"}
    assert BackupResult(noun="image", record=read, previous=read).about()["previous"] is None
    assert BackupResult(noun="image", record=again, previous=read).about()["previous"] is read


def test_a_timeout_is_accepted_and_no_success() -> None:
    result = BackupResult(noun="image", request_id="r-1")
    result.time_out("It is being made.", "It took too long.", " Run the task again.", "CreateImage")
    assert (result.outcome, result.ok) == ("accepted", False)
    assert result.reason == "It is being made. It took too long. Run the task again."
    assert result.error is not None
    assert result.error.as_dict() == {
        "code": "WaitTimeout",
        "message": "It took too long.",
        "request_id": "r-1",
        "action": "CreateImage",
    }
