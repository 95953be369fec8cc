# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Whether a name or an address leads to an instance and to nothing else."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping
from typing import Any

# The keys of an instance's record that hold its addresses.
KEYS = ("private_ip_addresses", "public_ip_addresses", "ipv6_addresses", "public_ipv6_addresses")
Resolve = Callable[[str], "list[str]"]


def leads_to(host: str, instance: Mapping[str, Any], resolve: Resolve | None = None) -> bool:
    """Whether every address that the host has is one of the instance.

    Args:
        host: what is connected to, a name or an address.
        instance: the record of an instance, as the modules return it.
        resolve: all addresses of a name, None if it has none.
    """
    own = {_same(str(address)) for key in KEYS for address in instance.get(key) or []}
    found = {_same(address) for address in (resolve or resolved)(host)}
    return bool(found) and found <= own


def resolved(host: str) -> list[str]:
    """The addresses of a name, or the address itself."""
    try:
        return [str(one[4][0]) for one in socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def _same(address: str) -> str:
    """One spelling of each address; of what is not an address, the text."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
