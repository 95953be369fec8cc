# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The role of the instance that this runs on: its metadata service hands out temporary keys."""

from __future__ import annotations

import re

from .._errors import CredentialsError, NoAnswer
from .credentials import Credentials
from .strict_json import strict_json
from .transport import HttpAnswer, HttpRequest, Transport

METADATA_URL = "http://metadata.tencentyun.com"
METADATA_PATH = "/latest/meta-data/cam/security-credentials/"
METADATA_TIMEOUT = 1.0
"""Seconds; outside an instance nothing answers there."""


class MetadataService:
    """The metadata service of an instance, which hands out the temporary keys of its CAM role."""

    def __init__(self, transport: Transport, url: str = METADATA_URL) -> None:
        self._transport = transport
        self._url = url.rstrip("/") + METADATA_PATH

    def credentials(self, role: str | None) -> Credentials:
        """The keys of `role`, or of the role that the instance has. Raises CredentialsError or BadAnswer."""
        name = role or self._get("").body.decode(errors="replace").strip()
        if not re.fullmatch(r"[\w.@+-]{1,128}", name):
            raise CredentialsError("The metadata service names no CAM role for this instance.")
        try:
            data = strict_json(self._get(name).body)
            if data["Code"] != "Success":
                raise CredentialsError(
                    f"The metadata service has no keys for the role {name!r}: {str(data['Code'])[:128]}."
                )
            return Credentials(
                data["TmpSecretId"],
                data["TmpSecretKey"],
                data["Token"],
                f"the role {name!r} of this instance",
                expires_at=float(data["ExpiredTime"]),
            )
        except (ValueError, KeyError, TypeError):
            raise CredentialsError(f"The metadata service's answer for the role {name!r} cannot be read.") from None

    def _get(self, name: str) -> HttpAnswer:
        try:
            answer = self._transport.send(HttpRequest("GET", self._url + name, {}))
        except NoAnswer as error:
            raise CredentialsError(
                "The metadata service does not answer. Only an instance of Tencent Cloud has one, without a proxy."
            ) from error
        if answer.status != 200:
            what = f"the role {name!r}" if name else "the role of this instance"
            raise CredentialsError(f"The metadata service answered HTTP status {answer.status} for {what}.")
        return answer
