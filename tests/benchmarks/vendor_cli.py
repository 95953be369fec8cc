# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's command line over plain HTTP: it knows https alone."""

# mypy: disable-error-code="import-untyped, import-not-found"

from __future__ import annotations

import functools
import sys

from tencentcloud.common.profile.http_profile import HttpProfile

HttpProfile.__init__ = functools.partialmethod(HttpProfile.__init__, "http")

from tccli.main import main  # noqa: E402

sys.argv[0] = "tccli"
main()
