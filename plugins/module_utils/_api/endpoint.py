# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Which host a call goes to."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from .._errors import OptionError

V2 = "v2"
V3 = "v3"

RETIREMENT = (
    "The vendor has announced the end of the legacy interface (api v2, the hosts *.api.qcloud.com). "
    "Leave api out, or set it to v3."
)
"""What to say about the legacy interface: once per run, and when nothing answers there."""

_DEFAULT_HOST = "{service}.tencentcloudapi.com"
_FINANCIAL_HOST = "{service}.{region}.tencentcloudapi.com"
_LEGACY_HOST = "{service}.api.qcloud.com"
_PATHS = {V2: "/v2/index.php", V3: "/"}


class Address(NamedTuple):
    """Where one service is called.

    Attributes:
        host: the value of the Host header, which is signed.
    """

    url: str
    host: str
    path: str


class Endpoint(NamedTuple):
    """An address without the service's name.

    Attributes:
        scheme: `https`, or `http` on the loopback.
        host: with `{service}` where the name of the service goes; with a port where it is not the usual one.
        legacy_host: the same for the legacy API, where that has a host of its own.
    """

    scheme: str
    host: str
    legacy_host: str | None = None

    def of(self, service: str, api: str) -> Address:
        """The address of a service in one generation of the API."""
        host = ((api == V2 and self.legacy_host) or self.host).replace("{service}", service)
        return Address(f"{self.scheme}://{host}{_PATHS[api]}", host, _PATHS[api])


def endpoint_for(option: str | None, *, region: str, api: str) -> Endpoint:
    """The endpoint that the option names, or the documented one.

    API 3.0 answers at `SERVICE.tencentcloudapi.com`; financial regions must be called by their own name
    ("Request Structure" page); the legacy API answers at `cvm.api.qcloud.com/v2/index.php`.
    """
    if option:
        return _parse(option)
    host = (_FINANCIAL_HOST if region.endswith("-fsi") else _DEFAULT_HOST).replace("{region}", region)
    return Endpoint("https", host, _LEGACY_HOST if api == V2 else None)


def _parse(option: str) -> Endpoint:
    url = option if "://" in option else f"https://{option}"
    fix = "Give a host such as cvm.ap-shanghai-fsi.tencentcloudapi.com, or a URL without a path."
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        raise OptionError("endpoint", "it is not a host or URL.", fix) from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not _is_host(host):
        raise OptionError("endpoint", "it is not a host or an http(s) URL.", fix)
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise OptionError("endpoint", "it carries more than a host and a port.", fix)
    if parts.scheme == "http" and not _is_loopback(host):
        raise OptionError("endpoint", f"plain http to {host} would show passwords to the network.", "Use https.")
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": ":80", "https": ":443"}[parts.scheme]
    return Endpoint(parts.scheme, shown + ("" if port == usual else port))


def _is_host(host: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9.:-]+", host.replace("{service}", "service")))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
