# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The formats of user data: what each platform reads, and what is told of everything else."""

from __future__ import annotations

import base64
import gzip
from email.mime.multipart import MIMEMultipart

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._user_data_formats import FAULTS, encoded_size, fault_of

CONFIG = "#cloud-config\npackages: [hide-me-please]\n"
ZIPPED = gzip.compress(CONFIG.encode())


def encoded(data: bytes) -> str:
    """Base64 with lines, as the command of that name writes it."""
    return base64.encodebytes(data).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        CONFIG,
        f"\n\n{CONFIG}",
        "#CLOUD-CONFIG\n",
        "#!/bin/sh\ntrue\n",
        "#include\nhttps://example.com/a\n",
        "#include-once\nhttps://example.com/a\n",
        "#cloud-boothook\n#!/bin/sh\n",
        "#part-handler\n",
        "#cloud-config-archive\n[]\n",
        "#cloud-config-jsonp\n[]\n",
        "## template: jinja\n#cloud-config\n",
        "From me\nMIME-Version: 1.0\n",
        MIMEMultipart().as_string(),
    ],
)
def test_what_linux_reads(text: str) -> None:
    assert fault_of(text, "Linux") is None
    assert fault_of(text, None) is None


@pytest.mark.parametrize(
    "text",
    [
        "<powershell>dir</powershell>",
        "<script>dir</script>",
        "#ps1\ndir",
        "#ps1_sysnative\ndir",
        "#ps1_x86\ndir",
        "rem cmd\ndir",
        "REM CMD\ndir",
        "#!/usr/bin/env python\n",
        CONFIG,
        MIMEMultipart().as_string(),
    ],
)
def test_what_windows_reads(text: str) -> None:
    assert fault_of(text, "Windows") is None
    assert fault_of(text, None) is None


@pytest.mark.parametrize(
    ("text", "platform", "code", "words"),
    [
        (f"\ufeff{CONFIG}", "Linux", "UserDataByteOrderMark", "without the mark"),
        ("\udcff\udcfe#", "Linux", "UserDataByteOrderMark", "UTF-8"),
        (ZIPPED.decode(errors="surrogateescape"), "Linux", "UserDataCompressed", "plain text"),
        (ZIPPED.decode("latin-1"), "Linux", "UserDataCompressed", "gzip"),
        (ZIPPED.decode(errors="replace"), "Windows", "UserDataCompressed", "gzip"),
        ("#!/bin/sh\nhide-me-please\n", "Windows", "UserDataForOtherPlatform", "begins with #!, which is for Linux"),
        ("#include\nhttps://hide-me-please/", "Windows", "UserDataForOtherPlatform", "of Windows"),
        ("<powershell>hide-me-please", "Linux", "UserDataForOtherPlatform", "begins with <powershell>"),
        ("rem cmd\n", "Linux", "UserDataForOtherPlatform", "of Linux"),
        (encoded(CONFIG.encode()), "Linux", "UserDataEncoded", "encoded for you"),
        (encoded(b"#ps1\ndir"), "Windows", "UserDataEncoded", "encoded twice"),
        (encoded(ZIPPED), "Linux", "UserDataEncoded", "encoded twice"),
        ("Content-Type: multipart/mixed; boundary=x\n", "Linux", "UserDataWithoutMimeVersion", "MIME-Version: 1.0"),
        ("/etc/hide-me-please", "Linux", "UserDataIsPath", "lookup('ansible.builtin.file', ...)"),
        ("~/hide-me-please", "Linux", "UserDataIsPath", "the content"),
        ("files/hide-me-please.yml\n", "Linux", "UserDataIsPath", "a path"),
        ("https://hide-me-please/", "Windows", "UserDataIsPath", "a URL"),
        (f"# hide-me-please\n{CONFIG}", "Linux", "UserDataHeaderNotFirst", "#cloud-config in line 2"),
        ("---\n\n#!/bin/sh\n", "Linux", "UserDataHeaderNotFirst", "must stand first"),
        (
            "packages: [hide-me-please]\n",
            "Linux",
            "UserDataNotRecognized",
            "Begin it with one of #cloud-config-archive",
        ),
        ("echo hide-me-please", "Windows", "UserDataNotRecognized", "for Windows with one of <powershell>"),
        ("{'packages': ['hide-me-please']}", None, "UserDataNotRecognized", "any known format"),
        (" \n", "Linux", "UserDataNotRecognized", "any known format"),
        ("abcd", "Linux", "UserDataNotRecognized", "any known format"),
    ],
)
def test_what_would_end_in_a_bare_server(text: str, platform: str | None, code: str, words: str) -> None:
    fault = fault_of(text, platform)
    assert fault is not None
    assert fault.code == code
    told = f"{fault.find(text, platform)} {fault.fix}"
    assert words in told
    assert "hide-me-please" not in told


def test_every_fault_has_a_name_of_its_own() -> None:
    assert len({fault.code for fault in FAULTS}) == len(FAULTS)


def test_the_size_counts_bytes_and_not_characters() -> None:
    assert (encoded_size("xxx"), encoded_size("\u00e9"), encoded_size("\udcff")) == (4, 4, 4)
