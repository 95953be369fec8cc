# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""User data with a host key, read again by the email package as cloud-init does."""

from __future__ import annotations

import base64
import subprocess
from email import message_from_string
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.plugin_utils._user_data import LIMIT, UserDataError, with_host_key

CONFIG = "#cloud-config\npackages: [chrony]\n"
SCRIPT = "#!/bin/sh\necho hello\nFrom here on\n"


class Pair(NamedTuple):
    """A host key."""

    private: str
    public: str


def made(folder: Path, *arguments: str, kind: str = "ed25519", passphrase: str = "") -> Pair:
    """A host key as ssh-keygen makes it."""
    file = folder / f"key-{len(list(folder.iterdir()))}"
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "a comment: with #", "-f", str(file), *arguments]
    subprocess.run(command, check=True, capture_output=True)
    return Pair(file.read_text(encoding="utf-8"), file.with_name(f"{file.name}.pub").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A host key."""
    return made(tmp_path_factory.mktemp("keys"))


def parts(text: str) -> list[Message]:
    """The parts of a multipart, those of inner ones too."""
    message = message_from_string(text)
    assert message.is_multipart()
    assert not message.defects
    return [part for part in message.walk() if not part.is_multipart()]


def content(part: Message) -> str:
    """The text of a part."""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def has_the_key(config: str, pair: Pair) -> bool:
    """Whether cloud-config brings the host key, and nothing else."""
    assert config.startswith("#cloud-config\n")
    public = " ".join(pair.public.split()[:2])
    keys = {"ed25519_private": pair.private, "ed25519_public": public}
    return bool(yaml.safe_load(config) == {"ssh_deletekeys": True, "ssh_keys": keys})


# --- what comes out


@pytest.mark.parametrize("none", [None, "", " \n"])
def test_ours_alone_is_a_cloud_config(none: str | None, pair: Pair) -> None:
    assert has_the_key(with_host_key(none, *pair), pair)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CONFIG, "text/cloud-config"),
        (SCRIPT, "text/x-shellscript"),
        ("#!/bin/sh\r\necho gr\u00fc\u00dfe\rx", "text/x-shellscript"),
        ("#!/bin/sh\ncat <<end\nMIME-Version: 1.0\nend\n", "text/x-shellscript"),
        ("#include\nhttps://example.com/a\n", "text/x-include-url"),
        ("#include-once\nhttps://example.com/a\n", "text/x-include-once-url"),
        ("#cloud-boothook\n#!/bin/sh\n", "text/cloud-boothook"),
        ("#part-handler\n", "text/part-handler"),
        ("#cloud-config-archive\n- '#!/bin/sh'\n", "text/cloud-config-archive"),
        ("#cloud-config-jsonp\n[]\n", "text/cloud-config-jsonp"),
        ("## template: jinja\n#cloud-config\nruncmd: ['{{ v1.region }}']\n", "text/jinja2"),
        ("#CLOUD-CONFIG\npackages: []\n", "text/cloud-config"),
        ("#cloud-config\nwrite_files:\n  - content: |\n      ssh_keys: x\n", "text/cloud-config"),
    ],
)
def test_each_format_is_a_part_of_its_own_and_ours_the_last(text: str, kind: str, pair: Pair) -> None:
    combined = with_host_key(text, *pair)
    assert "mime-version:" in combined[:4096].lower()
    theirs, ours = parts(combined)
    assert (theirs.get_content_type(), content(theirs)) == (kind, text)
    assert ours.get_content_type() == "text/cloud-config"
    assert has_the_key(content(ours), pair)


def test_the_parts_of_a_multipart_are_kept(pair: Pair) -> None:
    inner, outer = MIMEMultipart(), MIMEMultipart()
    config = MIMEText("#cloud-config\nname: gr\u00fcn\n", "cloud-config", "utf-8")
    config["Merge-Type"] = "list(append)"
    inner.attach(config)
    outer.attach(inner)
    outer.attach(MIMEText(SCRIPT, "x-shellscript"))
    first, second, ours = parts(with_host_key(outer.as_string(), *pair))
    assert (first["Merge-Type"], content(first)) == ("list(append)", "#cloud-config\nname: gr\u00fcn\n")
    assert (second.get_content_type(), content(second)) == ("text/x-shellscript", SCRIPT)
    assert has_the_key(content(ours), pair)


def test_a_message_of_one_part(pair: Pair) -> None:
    first, ours = parts(with_host_key(MIMEText(SCRIPT, "x-shellscript").as_string(), *pair))
    assert (first.get_content_type(), content(first)) == ("text/x-shellscript", SCRIPT)
    assert has_the_key(content(ours), pair)


def test_the_same_input_gives_the_same_text(pair: Pair) -> None:
    assert with_host_key(CONFIG, *pair) == with_host_key(CONFIG, *pair)
    boundaries = {message_from_string(with_host_key(text, *pair)).get_boundary() for text in (CONFIG, SCRIPT)}
    assert len(boundaries) == 2


def test_windows_line_ends_and_a_missing_last_one_do_not_matter(pair: Pair) -> None:
    other = pair.private.strip().replace("\n", "\r\n")
    assert with_host_key(CONFIG, other, pair.public.strip()) == with_host_key(CONFIG, *pair)


# --- what is refused


@pytest.mark.parametrize("name", ["ssh_keys", "ssh_deletekeys", "ssh_genkeytypes"])
@pytest.mark.parametrize(
    "form",
    [
        "#cloud-config\na: 1\n{}: x\n",
        "#cloud-config\n'{}' : x\n",
        '#cloud-config\n{{"a": 1, "{}": 1}}\n',
        "## template: jinja\n#cloud-config\n{}: x\n",
        "MIME-Version: 1.0\nContent-Type: text/cloud-config\n\n#cloud-config\n{}: x\n",
        "MIME-Version: 1.0\n\n#cloud-config\n{}: x\n",
    ],
)
def test_host_keys_of_one_s_own(form: str, name: str, pair: Pair) -> None:
    with pytest.raises(UserDataError, match=f"has {name} itself"):
        with_host_key(form.format(name), *pair)


def test_the_result_is_not_taken_again(pair: Pair) -> None:
    with pytest.raises(UserDataError, match="itself"):
        with_host_key(with_host_key(CONFIG, *pair), *pair)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<powershell>dir</powershell>", "<powershell>, which is for Windows"),
        ("rem cmd\ndir", "for Windows"),
        ("#ps1\ndir", "for Windows"),
        ("\x1f\x8b\x08\x00", "gzip"),
        ("echo hello", "first line of any known format"),
        ("# mine\n#cloud-config\n", "The header must stand first"),
        ("\ufeff#cloud-config\n", "byte order mark"),
        ('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\nno parts\n', "damaged MIME"),
    ],
)
def test_what_cloud_init_would_not_read(text: str, words: str, pair: Pair) -> None:
    with pytest.raises(UserDataError, match=words):
        with_host_key(text, *pair)


def test_the_limit_is_that_of_base64(pair: Pair) -> None:
    room = LIMIT // 4 * 3 - len(with_host_key(CONFIG, *pair))
    longest = CONFIG + "#" * (room - 2)
    assert len(base64.b64encode(with_host_key(longest, *pair).encode())) <= LIMIT
    with pytest.raises(UserDataError, match="in base64; the limit is 16384"):
        with_host_key(longest + "####", *pair)


def test_keys_that_cannot_be_used(pair: Pair, tmp_path: Path) -> None:
    rsa, locked, old = (
        made(tmp_path, kind="rsa"),
        made(tmp_path, passphrase="secret"),
        made(tmp_path, "-m", "PEM", kind="rsa"),
    )
    lines = pair.private.splitlines()
    short = "\n".join([lines[0], lines[1][:40], lines[-1]])
    for private, public, words in (
        (pair.private, rsa.public, "not an ssh-ed25519 key"),
        (pair.private, "", "not an ssh-ed25519 key"),
        (rsa.private, pair.public, "not that of the private key"),
        (locked.private, locked.public, "has a passphrase"),
        (old.private, pair.public, "does not have the form"),
        ("", pair.public, "does not have the form"),
        (pair.private.replace(lines[1], "!" + lines[1]), pair.public, "damaged"),
        (pair.private.replace(lines[1], "AAAA"), pair.public, "damaged"),
        (short, pair.public, "not that of"),
    ):
        with pytest.raises(UserDataError, match=words) as caught:
            with_host_key("", private, public)
        assert not any(len(line) > 20 and line in str(caught.value) for line in private.splitlines())
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
