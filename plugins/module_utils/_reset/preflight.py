# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The preflight of ResetInstance: all rules in one table. Pure.

Sources: the document of ResetInstance and of its structures (SystemDisk, LoginSettings, EnhancedService), its error
list, and the user guide on reinstalling. A rule that no current document confirms is soft: it warns.
"""

from __future__ import annotations

from .._engine.rules import Rule
from .desired import Context
from .rules_image import RULES as IMAGE_RULES
from .rules_instance import RULES as INSTANCE_RULES
from .rules_login import RULES as LOGIN_RULES

RULES: tuple[Rule[Context], ...] = (*INSTANCE_RULES, *IMAGE_RULES, *LOGIN_RULES)
