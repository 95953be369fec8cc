# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The connection options, which everything in this collection shares, and the client built from them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .._clock import Clock
from .._errors import OptionError
from .assume_role import assume_role
from .client import Client
from .credentials import Provider, Renewing, hidden
from .endpoint import RETIREMENT, V2, V3, endpoint_for
from .metadata import METADATA_TIMEOUT, METADATA_URL, MetadataService
from .profiles import Profiles
from .signing import HMAC_SHA1, HMAC_SHA256, TC3
from .sources import Sources
from .transport import Transport

CONNECTION_SPEC: dict[str, Any] = {
    "secret_id": {"type": "str", "no_log": True},
    "secret_key": {"type": "str", "no_log": True},
    "security_token": {"type": "str", "no_log": True},
    "profile": {"type": "str"},
    "cam_role_name": {"type": "str"},
    "assume_role": {
        "type": "dict",
        "options": {
            "role_arn": {"type": "str", "required": True},
            "role_session_name": {"type": "str", "default": "ansible"},
            "duration_seconds": {"type": "int", "default": 7200},
            "external_id": {"type": "str"},
            "policy": {"type": "str"},
        },
    },
    "region": {"type": "str"},
    "api": {"type": "str", "choices": [V3, V2], "default": V3},
    "signature_method": {"type": "str", "choices": [TC3, HMAC_SHA256, HMAC_SHA1]},
    "endpoint": {"type": "str"},
    "language": {"type": "str", "choices": ["en-US", "zh-CN"], "default": "en-US"},
    "timeout": {"type": "float", "default": 30.0},
    "max_attempts": {"type": "int", "default": 5},
    "proxy": {"type": "str", "no_log": True},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
}

_IDENTITIES = ("secret_id", "profile", "cam_role_name")


Tell = Callable[[str], None]
"""Called with a text."""


def nobody(text: str) -> None:
    """Ignores the text."""


def client_from(
    options: Mapping[str, Any],
    clock: Clock,
    credentials: Provider | None = None,
    *,
    hide: Tell = nobody,
    warn: Tell = nobody,
) -> Client:
    """A client for the connection options and this process's environment.

    Args:
        options: the connection options, all of them.
        clock: the time to use.
        credentials: those of another client, to share them; None for those that the options lead to.
        hide: called with every secret that is found, before it is used; also with those that are renewed later.
        warn: called with what the user should know, such as files with keys that others can read.

    Raises:
        OptionError: an option cannot be used.
        CredentialsError: there are no usable credentials.
    """
    sources = sources_from(options, warn)
    transport = Transport(
        timeout=options["timeout"],
        proxy=options["proxy"] or None,
        validate_certs=options["validate_certs"],
        ca_path=options["ca_path"] or None,
    )
    region = sources.region()
    if not region:
        raise OptionError(
            "region", "it is not set.", "Set it, or TENCENTCLOUD_REGION, to a region such as ap-guangzhou."
        )
    check_region("region", region)

    def client(credentials: Provider) -> Client:
        return Client(
            transport=transport,
            credentials=credentials,
            endpoint=endpoint_for(options["endpoint"], region=region, api=options["api"]),
            region=region,
            api=options["api"],
            signature_method=options["signature_method"],
            language=options["language"],
            max_attempts=options["max_attempts"],
            clock=clock,
        )

    if credentials is not None:
        return client(credentials)
    if options["api"] == V2:
        warn(RETIREMENT)
    own = hidden(sources.provider(clock), hide)
    role = options["assume_role"] or own().assume_role
    return client(hidden(Renewing(lambda: assume_role(client(own), role), clock), hide) if role else own)


def sources_from(options: Mapping[str, Any], warn: Tell = nobody) -> Sources:
    """Where the region and the credentials of the connection options come from; nothing is sent.

    Raises OptionError for an option that cannot be used.
    """
    _check(options)
    metadata = MetadataService(
        Transport(timeout=METADATA_TIMEOUT, use_environment_proxies=False),
        os.environ.get("TENCENTCLOUD_METADATA_URL") or METADATA_URL,
    )
    return Sources(options, os.environ, Profiles(_home(), warn), metadata)


def _home() -> Path | None:
    """The user's home; None if neither HOME nor the system's list of users has one, as in some containers."""
    home = os.path.expanduser("~")
    return None if home == "~" else Path(home)


def check_region(option: str, region: str) -> None:
    """Raise OptionError for a text that does not have the form of a region, whatever named it."""
    if not re.fullmatch(r"[a-z0-9-]+", region):
        raise OptionError(option, f"{region!r} is not a valid region.", "Give one such as ap-guangzhou.")
    zone = re.fullmatch(r"([a-z]+(?:-[a-z]+)+)-[0-9]+", region)
    if zone:
        raise OptionError(option, f"{region!r} is an availability zone.", f"Give its region, {zone[1]}.")


def _check(options: Mapping[str, Any]) -> None:
    named = [name for name in _IDENTITIES if options[name]]
    if len(named) > 1:
        raise OptionError(named[1], f"it and {named[0]} name two sources of credentials.", "Give one of them.")
    if options["security_token"] and not options["secret_id"]:
        raise OptionError(
            "security_token", "it needs the secret_id and secret_key it was issued with.", "Give all three."
        )
    if not 0.01 <= options["timeout"] <= 3600:
        raise OptionError("timeout", "It is out of range.", "Give 0.01 to 3600 seconds.")
    if options["max_attempts"] < 1:
        raise OptionError("max_attempts", f"{options['max_attempts']} sends nothing.", "Give 1 or more.")
    if options["api"] == V2 and options["signature_method"] == TC3:
        raise OptionError("signature_method", "the legacy API does not know TC3-HMAC-SHA256.", "Give HmacSHA256.")
