# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx builds the site from what antsibull-docs has written: `make docs`."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes

project = "tencent.cloud"
copyright = "The tencent.cloud contributors"  # noqa: A001
html_title = html_short_title = "tencent.cloud for Ansible"

extensions = ["sphinx_antsibull_ext"]
nitpicky = True
highlight_language = "YAML+Jinja"
pygments_style = "ansible"

html_theme = "sphinx_ansible_theme"
html_theme_options = {"topbar_links": {}, "show_extranav": False, "show_rtd_ethical_ads": False, "navigation_depth": 2}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_use_index = False
html_copy_source = False
html_show_sphinx = False
# Dashes alone: quotes are meant as they stand.
smartquotes_action = "D"

_ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
_REFERENCES = (
    (r"(ANSIBLE_\w+)", r"reference_appendices/config.html#envvar-\1"),
    (r"action_plugins", r"plugins/action.html"),
    (r"ansible_configuration_settings", r"reference_appendices/config.html"),
    (r"common_return_values", r"reference_appendices/common_return_values.html"),
    (r"ansible_collections\.ansible\.builtin\.(\w+)", r"collections/ansible/builtin/\1.html"),
)
"""What is referred to in the documents of Ansible, whose list of references cannot be fetched everywhere."""


def _to_ansible(app: Any, env: Any, node: nodes.Element, content: nodes.TextElement) -> nodes.reference | None:
    for pattern, page in _REFERENCES:
        if found := re.fullmatch(pattern, node["reftarget"]):
            return nodes.reference("", "", content, internal=False, refuri=f"{_ANSIBLE}/{found.expand(page)}")
    return None


def setup(app: Any) -> None:
    """Lead references into the documents of Ansible there."""
    app.connect("missing-reference", _to_ansible)
