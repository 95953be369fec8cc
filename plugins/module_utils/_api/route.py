# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What a request goes through on its way to the API: a proxy and CA certificates, each with the setting it came by."""

from __future__ import annotations

import functools
import importlib.util
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .._errors import OptionError

_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_SOCKS = ("socks4", "socks4a", "socks5", "socks5h")


@dataclass(frozen=True)
class Proxy:
    """A proxy that can be used.

    Attributes:
        url: with its scheme, and with a password where it has one.
        host: its host and port, for messages.
        setting: the option or environment variable that names it.
    """

    url: str = field(repr=False)
    host: str
    setting: str


def proxy_of_environment(found: Mapping[str, str], scheme: str, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy for URLs of a scheme, of those that the environment names for it. Raises OptionError."""
    kind = scheme if found.get(scheme) else "all"
    if not found.get(kind):
        return None
    names = (f"{kind}_proxy", f"{kind}_proxy".upper())
    return checked_proxy(found[kind], next((name for name in names if environment.get(name)), "the system's proxy"))


def checked_proxy(url: str, setting: str) -> Proxy:
    """The proxy with this URL; without a scheme it speaks HTTP. Raises OptionError, which shows no part of it."""
    full = url if "://" in url else f"http://{url.removeprefix('//')}"
    fix = "Give one of the form http://HOST:PORT; in a user name or password write @ : / # ? as %40 %3A %2F %23 %3F."
    try:
        parts = urlsplit(full)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise OptionError(setting, "it is not a valid proxy URL.", fix) from None
    if not parts.hostname or parts.path not in ("", "/") or parts.scheme not in ("http", "https", *_SOCKS):
        raise OptionError(setting, "it is not a valid proxy URL.", fix)
    if parts.scheme in _SOCKS and importlib.util.find_spec("socks") is None:
        raise OptionError(
            setting,
            "a SOCKS proxy needs the Python library PySocks.",
            "Install it, or give a proxy that speaks HTTP.",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Proxy(full, f"{host}{port}", setting)


def ca_bundle(option: str | None, environment: Mapping[str, str]) -> str | None:
    """The CA certificates that the option `ca_path` or the environment names, if any does. Raises OptionError."""
    variable = next((name for name in _CA_VARIABLES if environment.get(name)), "")
    path, setting = (option, "ca_path") if option else (environment.get(variable), variable)
    if not path:
        return None
    fault = _fault_of_bundle(path)
    if fault:
        raise OptionError(setting, fault, "Give a file or directory of CA certificates.")
    return path


@functools.cache
def _fault_of_bundle(path: str) -> str | None:
    """Why it cannot be used, or None. Loading a usual bundle takes longer than all else that a client needs, so each is
    tried once in a process, however many clients it makes."""
    if not os.path.exists(path):
        return f"there is no {path}."
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})
    except OSError as error:
        # Errors of TLS, which are such errors too, have numbers of their own.
        why = "it holds no CA certificates" if isinstance(error, ssl.SSLError) else os.strerror(error.errno or 0)
        return f"{path} cannot be used: {why}."
    return None
