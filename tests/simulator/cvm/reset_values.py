# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conditions of ResetInstance on the values of its parameters: disk, login, host name, user data."""

from __future__ import annotations

import base64
import binascii
import re

from .reset_checks import Reset, identifier

USER_DATA_LIMIT = 16 << 10
KEYS_LIMIT = 5
SPECIALS = "()`~!@#$%^&*-+=|{}[]:;',.?/"


def local_disk_resized(reset: Reset) -> bool:
    """Only cloud disks can grow."""
    local = reset.record["SystemDisk"]["DiskType"].startswith("LOCAL_")
    return bool(local and reset.disk_size != reset.record["SystemDisk"]["DiskSize"])


def encryption_changed(reset: Reset) -> bool:
    """SystemDisk asks for another encryption than the disk has."""
    now = reset.record["SystemDisk"]
    return any(name in reset.disk and reset.disk[name] != now.get(name) for name in ("Encrypt", "KmsKeyId"))


def wrong_value(reset: Reset) -> bool:
    """A value that no more special code covers."""
    keep = str(reset.login.get("KeepImageLogin") or "false").lower()
    current = reset.record["SystemDisk"]
    own_image = reset.target.record["ImageType"] != "PUBLIC_IMAGE"
    return (
        keep not in ("true", "false")
        or (keep == "true" and not own_image)
        or reset.disk_size < current["DiskSize"]
        or reset.disk.get("DiskType", current["DiskType"]) != current["DiskType"]
        or len(_user_data(reset) or b"") > USER_DATA_LIMIT
    )


def login_conflict(reset: Reset) -> bool:
    """Password, keys and the image's own login exclude each other."""
    return [bool(reset.login.get("Password")), bool(reset.keys), reset.keeps_login].count(True) > 1


def key_malformed(reset: Reset) -> bool:
    """The id of a key has another prefix, length or alphabet."""
    return not all(identifier("skey", name) for name in reset.keys)


def key_unknown(reset: Reset) -> bool:
    """A key does not exist."""
    return not all(name in reset.world.key_pairs for name in reset.keys)


def key_deleted(reset: Reset) -> bool:
    """A key is being deleted."""
    return any(reset.world.key_pairs[name].attributes.get("deleting") for name in reset.keys)


def weak_password(reset: Reset) -> bool:
    """Linux: 8 to 30 characters of two classes; Windows: 12 to 30 of three."""
    password = reset.login.get("Password")
    if not password:
        return False
    least, classes = (12, 3) if reset.windows else (8, 2)
    tests = (str.islower, str.isupper, str.isdecimal, SPECIALS.__contains__)
    present = sum(any(test(char) for char in password if char.isascii()) for test in tests)
    return not least <= len(password) <= 30 or present < classes


def host_name_length(reset: Reset) -> bool:
    """Windows: 2 to 15 characters; others: 2 to 60."""
    name = reset.parameters.get("HostName")
    return name is not None and not 2 <= len(name) <= (15 if reset.windows else 60)


def host_name_form(reset: Reset) -> bool:
    """Segments of letters, digits and single inner hyphens; on Windows one segment and not all digits."""
    name = reset.parameters.get("HostName")
    if name is None:
        return False
    segment = r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*"
    pattern = segment if reset.windows else rf"{segment}(\.{segment})*"
    return re.fullmatch(pattern, name) is None or (reset.windows and name.isdecimal())


def user_data_not_base64(reset: Reset) -> bool:
    """UserData is not base64."""
    return bool(reset.parameters.get("UserData")) and _user_data(reset) is None


def user_data_without_cloudinit(reset: Reset) -> bool:
    """UserData on an image that cannot run it."""
    return bool(reset.parameters.get("UserData")) and not reset.target.record["IsSupportCloudinit"]


def monitor_refused(reset: Reset) -> bool:
    """Cloud Monitor is switched off where the instance type requires it."""
    monitor = (reset.parameters.get("EnhancedService") or {}).get("MonitorService") or {}
    return bool(reset.instance.attributes.get("requires_monitor")) and monitor.get("Enabled") is False


def _user_data(reset: Reset) -> bytes | None:
    try:
        return base64.b64decode(reset.parameters.get("UserData") or "", validate=True)
    except (binascii.Error, ValueError):
        return None
