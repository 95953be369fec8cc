# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an image makes of a machine."""

from __future__ import annotations

from dataclasses import dataclass, field

# Files that name a distribution. Those of the computer must not show through.
RELEASE_FILES = (
    "etc/debian_version",
    "etc/redhat-release",
    "etc/centos-release",
    "etc/lsb-release",
    "etc/alpine-release",
)


@dataclass(frozen=True)
class Behaviour:
    """How a machine takes a new system; times in seconds.

    Attributes:
        boot_seconds: the API says that all is done, and sshd starts that much later.
        baked_host_key_seconds: sshd starts with the host key that the image brought, the same on all its machines,
            and gets the machine's own so much later; 0: there is none in the image.
        never_comes_back: sshd does not start.
        reboot_only: the command succeeds, but the old system was only started again.
        fail: the command fails with this text, and the old system runs on.
    """

    boot_seconds: float = 0
    baked_host_key_seconds: float = 0
    never_comes_back: bool = False
    reboot_only: bool = False
    fail: str = ""


@dataclass(frozen=True)
class Image:
    """An image: what its os-release says, who logs in where, and how it behaves.

    ``password`` is the one that the image itself has for ``user``, for KeepImageLogin.
    """

    name: str = "Ubuntu"
    version: str = "22.04"
    user: str = "root"
    port: int = 22
    password: str = ""
    behaviour: Behaviour = field(default_factory=Behaviour)

    @property
    def os_release(self) -> str:
        """The text of /etc/os-release."""
        values = {
            "NAME": self.name,
            "VERSION": self.version,
            "VERSION_ID": self.version,
            "PRETTY_NAME": f"{self.name} {self.version}",
            "ID": self.name.split()[0].lower(),
        }
        return "".join(f'{key}="{value}"\n' for key, value in values.items())

    @property
    def release_files(self) -> dict[str, str]:
        """Further files by which the system is known, with their texts."""
        if self.name.startswith("Debian"):
            return {"etc/debian_version": f"{self.version}\n"}
        if self.name.startswith("CentOS"):
            return {"etc/redhat-release": f"{self.name} release {self.version}\n"}
        return {}
