# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Words for a request that ended without an answer: which part failed, why, and what to do."""

from __future__ import annotations

import errno
import http.client
import os
import re
import socket
import ssl
from typing import NamedTuple

from .route import Proxy

_REFUSED_TUNNEL = r"Tunnel connection failed: (\d{3})\b"
_REFUSED_NAME = r"hostname .* doesn't match |no appropriate (?:common|subjectAlt)Name"
_OTHER_HOST = "it is the certificate of another host"


class Party(NamedTuple):
    """The machine at which a request failed.

    Attributes:
        name: what to call it.
        setting: where its address comes from.
        is_proxy: whether it is a proxy on the way.
    """

    name: str
    setting: str
    is_proxy: bool


def party_of(host: str, proxy: Proxy | None) -> Party:
    """The API's host, or the proxy where that did not let the request through."""
    if proxy is None:
        return Party(host, "endpoint", False)
    setting = "the option proxy" if proxy.setting == "proxy" else proxy.setting
    return Party(f"the proxy {proxy.host} (from {setting})", setting, True)


def described(error: BaseException, party: Party, seconds: float) -> str:
    """What went wrong, from the innermost cause: the texts of libraries can hold a proxy's password."""
    cause = innermost(error)
    if isinstance(cause, (TimeoutError, socket.timeout)):
        name = party.name.replace("the proxy", "The proxy", 1) if party.is_proxy else party.name
        return f"{name} did not answer within {seconds:g} seconds."
    return f"The connection to {party.name} failed: {_why(cause, party)}."


def what_to_do(error: BaseException, party: Party) -> str:
    """The next step after a request that was not sent."""
    cause = innermost(error)
    if _status_of_tunnel(cause) == "407":
        return f"Put them into {party.setting}: http://USER:PASSWORD@HOST:PORT."
    if _fault_of_certificate(cause):
        return "See ca_path, REQUESTS_CA_BUNDLE and validate_certs."
    if party.is_proxy:
        return f"Check {party.setting}, and whether the proxy runs and lets this machine through."
    if isinstance(cause, (socket.gaierror, UnicodeError)):
        return "Check the region, the endpoint, and the name resolution of this machine."
    return "Check the endpoint and the network, and whether a proxy is needed (proxy, HTTPS_PROXY)."


def innermost(error: BaseException) -> BaseException:
    """The first cause in a chain of exceptions, which urllib3 keeps in three different places."""
    seen = {id(error)}
    while True:
        # A context that is suppressed is none: urllib3 before 2 tries a call in two ways, and the first one fails.
        context = None if error.__suppress_context__ else error.__context__
        kept = [getattr(error, "reason", None), *error.args, error.__cause__, context]
        inner = next((one for one in kept if isinstance(one, BaseException)), None)
        if inner is None or id(inner) in seen:
            return error
        seen.add(id(inner))
        error = inner


def _why(cause: BaseException, party: Party) -> str:
    status = _status_of_tunnel(cause)
    if status:
        return "it wants a user name and a password" if status == "407" else f"it refused, with HTTP status {status}"
    fault = _fault_of_certificate(cause)
    if fault:
        return f"its certificate was not accepted ({fault})"
    if isinstance(cause, ssl.SSLError):
        return f"TLS error {cause.reason}" if cause.reason else "the TLS handshake was broken off"
    if isinstance(cause, (socket.gaierror, UnicodeError)):
        return "its name cannot be resolved"
    if isinstance(cause, OSError) and cause.errno in errno.errorcode:
        return os.strerror(cause.errno or 0)
    if isinstance(cause, (ConnectionError, http.client.IncompleteRead)):
        return "it was closed without an answer" if isinstance(cause, ConnectionError) else "the answer was cut off"
    if isinstance(cause, http.client.HTTPException):
        return "what it answered is not HTTP"
    return "it did not let the connection through" if party.is_proxy else "the reason is not known"


def _fault_of_certificate(cause: BaseException) -> str | None:
    """What is wrong with a certificate, if that is the cause.

    urllib3 before 2 compares the host's name itself, and raises the error of OpenSSL without its message, or one of its
    own that is no error of TLS.
    """
    if isinstance(cause, ssl.SSLCertVerificationError):
        return str(getattr(cause, "verify_message", _OTHER_HOST))
    is_refused = isinstance(cause, ValueError) and re.match(_REFUSED_NAME, str(cause))
    return _OTHER_HOST if is_refused else None


def _status_of_tunnel(cause: BaseException) -> str | None:
    found = re.match(_REFUSED_TUNNEL, str(cause)) if isinstance(cause, OSError) else None
    return found and found.group(1)
