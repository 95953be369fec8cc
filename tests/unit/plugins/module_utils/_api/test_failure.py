# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cause of a failed request in what older releases of urllib3 raise; what this one raises is tried at sockets."""

from __future__ import annotations

import ssl

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.failure import (
    described,
    innermost,
    party_of,
    what_to_do,
)

PARTY = party_of("cvm.test", None)


REFUSALS = (
    "hostname 'cvm.test' doesn't match 'other.test'",
    "hostname 'cvm.test' doesn't match either of 'a.test', 'b.test'",
    "no appropriate commonName or subjectAltName fields were found",
    "no appropriate subjectAltName fields were found",
)


class CertificateError(ValueError):
    """What urllib3 1.26 raises for a certificate of another host."""


@pytest.mark.parametrize("error", [*map(CertificateError, REFUSALS), ssl.SSLCertVerificationError("mismatch")])
def test_a_certificate_of_another_host_is_named_as_such(error: Exception) -> None:
    assert described(Exception(error), PARTY, 30.0) == (
        "The connection to cvm.test failed: its certificate was not accepted (it is the certificate of another host)."
    )
    assert "ca_path" in what_to_do(Exception(error), PARTY)


def test_what_was_tried_before_and_suppressed_is_not_the_cause() -> None:
    """As in urllib3 1.x, which first asks for an answer by an argument that Python 3 does not have."""
    error = ConnectionResetError("the cause")
    error.__context__ = TypeError("unexpected argument")
    assert innermost(Exception("Connection aborted.", error)) == error.__context__
    error.__cause__ = None  # What `raise ... from None` does.
    assert error.__suppress_context__
    assert innermost(Exception("Connection aborted.", error)) is error
