# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: cvm
short_description: Tencent Cloud CVM instances as an inventory
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Makes a host of every CVM instance of the regions that are asked for, by the API action C(DescribeInstances).
  - >-
    It reads a YAML file whose name ends in C(cvm.yml) or C(cvm.yaml). Another file that names the plugin is passed over
    with a warning.
  - >-
    Every field of an instance becomes a host variable, in snake_case, with the prefix C(cvm_): C(cvm_instance_id),
    C(cvm_instance_name), C(cvm_instance_state), C(cvm_placement), C(cvm_private_ip_addresses) and so on.
    C(cvm_tags) is a dictionary, C(cvm_region) the region. The only other variables that the plugin sets by itself are
    C(ansible_host) and those of O(login_variables), and O(compose) cannot set one with this prefix.
  - >-
    What the API says, such as a name or the value of a tag, is never evaluated as a template. In names of groups, what
    is not a letter, digit or C(_) becomes C(_).
  - An option that the plugin does not know is an error.
  - >-
    Texts among the options, but not C(cache_*), may be templates, for example of a lookup or of an extra variable. In
    place of a list, a text is split at its commas first; put a template that has some into a variable. In place of a
    number or of C(true) or C(false), as in O(timeout), O(strict) or O(cache), a template is an error.
extends_documentation_fragment:
  - tencent.cloud.connection
  - constructed
  - inventory_cache
options:
  plugin:
    description: The name of this plugin. It makes sure that the file is meant for it.
    type: str
    required: true
    choices: [tencent.cloud.cvm]
  regions:
    description:
      - The regions to ask, and no others. Up to 8 are asked at the same time.
      - V([all]) stands for every region that the service C(region) reports as available for CVM.
      - Without it, or when it is empty, O(region) is asked, or the region that stands in for it.
    type: list
    elements: str
  filters:
    description:
      - What the instances must be like, as in M(tencent.cloud.cvm_instance_info), such as C(instance-state) V(RUNNING).
      - All filters must hold; of the values of one filter, one must. The same filters are used in every region.
    type: dict
  hostnames:
    description:
      - What to name a host by, the preferred first; each is a field of an instance such as V(instance_name),
        V(private_ip_addresses) (the first of them) or V(uuid), or V(tag:KEY) for the value of a tag.
      - >-
        A name has letters and digits of any script, and C(.), C(_) and C(-), and begins with a letter or digit.
        V(localhost) and names below it are not allowed, nor is what has the form of an id. For other values, and with a
        warning, the next preference counts.
      - >-
        No two instances ever become one host. A value that several instances have names none of them: with a warning,
        all of them go on to the next preference. The same holds for an IPv4 address, unless this instance alone has it.
      - >-
        The host of a file that was read before is left alone, unless it has the C(cvm_instance_id) of this instance.
        Set that in a static file for a host that is to be an instance.
      - >-
        A value that is the name of a group, or begins with the prefix of O(keyed_groups), names nobody. The host gets
        its id, with a warning.
      - What is left without a name is named by its id. The id of an instance never names another one.
    type: list
    elements: str
    default: [instance_name, instance_id]
  connect_with:
    description:
      - The address that becomes C(ansible_host), the preferred kind first.
      - V(public) is the first public IPv4 address, V(private) the first private one.
      - >-
        Private addresses are unique within a VPC only. V(private) is for controllers that reach the VPC of every host;
        elsewhere the address may be that of another machine.
      - >-
        Where an instance has none of these, C(ansible_host) is a name that has no address anywhere, such as
        C(ins-r8hr2upy.no-address.invalid.), and a warning counts such hosts. Ansible would otherwise connect to
        whatever the name of the host leads to, which may be another machine.
      - V(none) leaves C(ansible_host) out where no kind before it was found, and Ansible connects to the name of the
        host, which others may have chosen.
      - O(compose) can set it in any other way. An expression that comes to nothing leaves it as it is.
    type: list
    elements: str
    choices: [public, private, none]
    default: [public]
  login_variables:
    description:
      - >-
        Whether C(ansible_user) and C(ansible_port) are set as well, from what the API says of the image that an
        instance runs - C(default_login_user), such as V(root), V(ubuntu) or V(Administrator), and
        C(default_login_port). What it does not say is left out, and so is the port of Windows, which is that of its
        desktop (3389), where no task can be run.
      - >-
        After a reinstall with another image it is often another user that can log in. A file that names the user by
        itself leads to the old one then; this way the next play, for which the inventory is read again, finds the right
        one. Within a run C(meta: refresh_inventory) reads it again; with O(cache) it also has to be flushed
        (C(--flush-cache)).
      - >-
        Variables of a host count for more than those of its groups, so these overrule an C(ansible_user) in
        C(group_vars), but not one in C(host_vars). O(compose) can set them in any other way.
    type: bool
    default: false
    version_added: 0.2.0
  skip_failed_regions:
    description:
      - Whether to go on with a warning when a region cannot be listed.
      - The hosts of such a region are missing then, and nothing is put into the cache. If every region fails, it is
        still an error.
    type: bool
    default: false
  variables:
    description:
      - The fields of an instance that become variables of its host, such as V(instance_name), V(tags) or V(region).
        Without it, all of them do.
      - >-
        C(cvm_instance_id) and C(ansible_host) are there in any case, so that an empty list leaves these two, and those
        of O(login_variables).
        O(compose), O(groups), O(keyed_groups) and O(hostnames) go by all fields, and what O(compose) sets is a variable
        as always.
      - >-
        With thousands of hosts most of the time goes into variables, of which an instance has more than 40: when the
        inventory is read, and again before every task of a play. Name those that are used.
      - >-
        A field that no instance has is an error, and so is another form of a name than that of the variable, less its
        prefix.
    type: list
    elements: str
    version_added: 0.2.0
notes:
  - >-
    Whoever may name or tag an instance chooses names of hosts and, by O(keyed_groups), of groups. A host is therefore
    never named like a group, however that came to be. And what an instance says makes no group that is named C(all),
    C(ungrouped), C(localhost), like the host of another source, or with the longer prefix of another entry. Where an
    entry has neither prefix nor separator, it also makes none of O(groups), none of a C(parent_group), and none of a
    source that was read before. There is a warning, and the host does not join. Give every entry a C(prefix) that
    nothing else has, or name the group in O(groups).
  - >-
    A C(parent_group) that is a template does not become the parent of the group of the entry, since one instance would
    speak for all that are in it. The host joins both groups itself.
  - >-
    What no plugin can prevent is in the hands of the user. A source that is read later may have a group or a host of a
    name that was free until then, so put static files first (the files of a folder are read in the order of their
    names), or set O(hostnames) to V([instance_id]). Files in C(group_vars) and C(host_vars) hold for whatever has
    their names. A pattern such as C(web*) takes hosts by names that others choose; rather use a group with a prefix.
    Membership by a tag is granted by whoever may write the tag, and O(compose) hands on what a tag says, so do not make
    C(ansible_host) of it. A dictionary as the key of O(keyed_groups) mixes all tags.
  - >-
    With O(strict) an expression that fails for one instance makes the whole file fail. Whoever may launch or tag one
    can bring that about; give the expressions a C(default) instead.
  - >-
    When an inventory file cannot be used, Ansible warns and goes on without its hosts. Set
    E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true) to have it fail.
  - >-
    Ansible then tries its other inventory plugins on the file, and what they say may quote it. Keep keys out of the
    file: use the environment, a profile, a role, a lookup or Ansible Vault.
  - >-
    The cache holds what the API said of the instances, and neither keys nor tokens. It spares the calls, not the making
    of hosts, variables and groups; O(variables) takes less of that. Its entries are named by a digest
    of O(regions) (or of the region that stands in for them), O(filters), O(endpoint), O(api), and of whose credentials
    are used - the id of the key, O(cam_role_name), and all of O(assume_role) - whether they come from options, the
    environment or the file of a profile. When one of them changes, the instances are listed anew.
  - >-
    An entry knows only O(cam_role_name) of the CAM role of the instance that Ansible runs on, and nothing if that is
    not set; more would take a call. After a change of the role or the account behind it, clear the cache.
seealso:
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_reset_instance
  - name: DescribeInstances
    description: The document of the API action, with all filters and fields.
    link: https://www.tencentcloud.com/document/product/213/33258
"""

# Each document is a file of its own: the sanity tests of ansible-core 2.16 do not know several of them as YAML.
EXAMPLES = r"""
# fmt: code
# The running servers of two regions, with groups such as role_web and region_ap_guangzhou.
plugin: tencent.cloud.cvm
regions: [ap-guangzhou, ap-hongkong]
filters:
  instance-state: RUNNING
connect_with: [public, private]
keyed_groups:
  - prefix: role
    key: cvm_tags.role
  - prefix: region
    key: cvm_region
---
# All regions, from within the VPCs, named by a tag where there is one.
plugin: tencent.cloud.cvm
regions: [all]
skip_failed_regions: true
hostnames: [tag:Name, instance_name, instance_id]
connect_with: [private, public]
groups:
  production: cvm_tags.env | default('') == 'production'
  stopped: cvm_instance_state == 'STOPPED'
compose:
  zone: cvm_placement.zone
  instance_id: cvm_instance_id
---
# With the login that each image has, so that a play finds its way after a reinstall with another one; but for Windows,
# and for those with a user of their own, who is named by a tag.
plugin: tencent.cloud.cvm
region: ap-guangzhou
login_variables: true
connect_with: [public, private]
groups:
  windows: "'windows' in cvm_os_name | lower"
compose:
  ansible_user: cvm_tags.login | default(cvm_default_login_user)
  ansible_connection: "'psrp' if 'windows' in cvm_os_name | lower else 'ssh'"
---
# Thousands of instances of which a play needs little: three fields, and a part of a fourth.
plugin: tencent.cloud.cvm
regions: [ap-guangzhou, ap-hongkong]
variables: [instance_id, instance_state, tags]
connect_with: [public, private]
compose:
  zone: cvm_placement.zone
keyed_groups:
  - prefix: vpc
    key: cvm_virtual_private_cloud.vpc_id
---
# Keys from a lookup, and a cache that is an hour old at most.
plugin: tencent.cloud.cvm
region: ap-guangzhou
secret_id: "{{ lookup('ansible.builtin.env', 'TENCENTCLOUD_SECRET_ID') }}"
secret_key: "{{ lookup('ansible.builtin.env', 'TENCENTCLOUD_SECRET_KEY') }}"
connect_with: [private]
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: inventory_cache
cache_timeout: 3600
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any
from weakref import WeakKeyDictionary

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.inventory.group import to_safe_group_name
from ansible.inventory.host import Host as KnownHost
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import BOOLEANS
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.path import basedir
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._api.connection import CONNECTION_SPEC
from ..module_utils._api.paging import filter_sets
from ..module_utils._api.strict_json import strict_json
from ..module_utils._api.transport import REQUESTS_IMPORT_ERROR
from ..module_utils._clock import Clock
from ..module_utils._errors import OptionError, TencentCloudError
from ..module_utils._secrets import forms_of, masked
from ..plugin_utils._inventory.drafts import Draft, fill, refused, settled
from ..plugin_utils._inventory.expressions import expression
from ..plugin_utils._inventory.group_names import GroupNames, keyed_entries
from ..plugin_utils._inventory.host_names import renamed
from ..plugin_utils._inventory.hosts import (
    ADDRESSES,
    ID,
    PREFIX,
    Host,
    build_hosts,
    is_sound,
    kept_variables,
    without_address,
)
from ..plugin_utils._inventory.recipes import Reads, Recipe, Run, keyed, named
from ..plugin_utils._inventory.regions import asked_of, census, clients_from

SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "regions": {"type": "list", "elements": "str"},
    "filters": {"type": "dict"},
    "hostnames": {"type": "list", "elements": "str"},
    "connect_with": {"type": "list", "elements": "str", "choices": list(ADDRESSES)},
    "login_variables": {"type": "bool"},
    "skip_failed_regions": {"type": "bool"},
    "variables": {"type": "list", "elements": "str"},
}
"""The options that are evaluated here; the others are Ansible's own."""

SWITCH_WORDS = {str(word).lower() for word in (*BOOLEANS, None)}
"""The accepted values of a switch; None is treated as unset."""

KEPT = "instances"
"""The key in a cache entry: the instances by region, as JSON."""

PLAIN_TEXT_IS_SAFE = not hasattr(wrap_var(""), "__UNSAFE__")
"""Whether text is a template only if it is marked as one, as in ansible-core 2.19 and later."""

NOT_THERE = object()

# What decides, besides the regions and the identity, which instances are listed.
ASKED_BY = ("filters", "endpoint", "api")

FILE_NAMES = ("cvm.yml", "cvm.yaml")
MEANT_WITHIN = 65_536
"""How many bytes at the beginning of a file are searched for its plugin."""
MEANT_FOR_US = re.compile(rb"""^[{\s]*["']?plugin["']?\s*:\s*["']?tencent\.cloud\.cvm\b""", re.MULTILINE)

VALUED: WeakKeyDictionary[InventoryData, set[str]] = WeakKeyDictionary()
"""The groups that values of instances have made, by inventory: another file of this plugin may add to them."""

Found = dict[str, list[dict[str, Any]]]


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]
    """Lists the instances and adds them as hosts."""

    NAME = "tencent.cloud.cvm"

    inventory: Any
    """Ansible's inventory, or the draft of a host while that is evaluated."""

    @staticmethod
    def _sanitize_group_name(name: Any) -> str:
        """Whatever the configuration says: group names come from tags, which others can write."""
        return str(to_safe_group_name(str(name), force=True, silent=True))

    def verify_file(self, path: str) -> bool:
        """Whether the file is meant for this plugin, by its name. Warns of one that is meant by its content only."""
        if not super().verify_file(path):
            return False
        is_ours = path.endswith(FILE_NAMES)
        if not is_ours and _names_us(path):
            name = f"{os.path.splitext(os.path.basename(path))[0]}.cvm.yml"
            self.display.warning(
                f"{path}: passed over. The plugin {self.NAME}, which it names, reads files whose names end in "
                f"{' or '.join(FILE_NAMES)} alone. Rename it, for example to {name}."
            )
        return is_ours

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory. Raises AnsibleParserError, never with a secret in it."""
        super().parse(inventory, loader, path, cache)
        if REQUESTS_IMPORT_ERROR:
            raise AnsibleParserError(missing_required_lib("requests"))
        self._secrets: set[str] = set()
        self._read(path)
        try:
            options = self._evaluated()
            names = self._group_names()
            # What the file says may be a template, and a region is named there.
            found = {wrap_var(region): listed for region, listed in self._found(options, path, cache).items()}
            taken = {name: str(host.vars.get(ID) or "") for name, host in inventory.hosts.items()}
            kept = kept_variables(found, options["variables"])
            hosts, warnings = build_hosts(
                *(found, options["hostnames"], options["connect_with"], taken, names),
                with_login=options["login_variables"],
            )
        except TencentCloudError as error:
            raise AnsibleParserError(masked(str(error), self._secrets)) from None
        recipes = self._recipes()
        drafts, clashes = settled(map(_marked, hosts), lambda host: self._draft(host, names, recipes))
        fill(inventory, drafts, kept)
        VALUED.setdefault(inventory, set()).update(*(draft.made for draft in drafts))
        addressed = {draft.name: draft.variables for draft in drafts}
        warnings += [*renamed(clashes), *refused(drafts), *without_address(addressed, options["connect_with"])]
        for warning in warnings:
            self.display.warning(warning)

    # --- options

    def _read(self, path: str) -> None:
        """Read the file. Otherwise a misspelt filter would make every instance a host, and a template in
        `validate_certs`, which Ansible takes for a no, would switch the check off.
        """
        given = self._read_config_data(path)
        unknown = set(given) - set(self._options)
        if unknown:
            raise AnsibleParserError(f"{path}: there is no option {_named(unknown)}. Correct it, or leave it out.")
        switches = [name for name in given if self.option_definitions[name].get("type") in ("bool", "boolean")]
        unclear = [name for name in switches if str(given[name]).strip().lower() not in SWITCH_WORDS]
        if unclear:
            raise AnsibleParserError(f"{path}: {_named(unclear)}: not a boolean. Give true or false, not a template.")
        forged = [name for name in given.get("compose") or {} if str(name).startswith(PREFIX)]
        if forged:
            raise AnsibleParserError(
                f"{path}: compose: {_named(forged)}: names that begin with {PREFIX} are reserved for what the API "
                "says. Give another name."
            )

    def _evaluated(self) -> dict[str, Any]:
        """The options, with their templates evaluated, and checked like those of a module."""
        self.templar.available_variables = self._vars
        values = {name: self._option(name) for name in SPEC}
        given = {name: value for name, value in values.items() if value is not None}
        result = ArgumentSpecValidator(SPEC).validate(given)
        if result.error_messages:
            raise AnsibleParserError("; ".join(result.error_messages))
        return dict(result.validated_parameters)

    def _option(self, name: str) -> Any:
        try:
            return self.templar.template(self.get_option(name))
        except AnsibleError:
            # Its text may quote the result of the template.
            raise OptionError(
                name,
                "its template cannot be evaluated.",
                "Look at its variables and lookups.",
            ) from None

    # --- instances

    def _found(self, options: Mapping[str, Any], path: str, use_cache: bool) -> Found:
        """The instances by region, from the cache where that is allowed and has them."""
        filter_sets(options["filters"] or {})
        if not self.get_option("cache"):
            return self._fetched(options)[0]
        key = f"{self.get_cache_key(path)}_{_digest(options)}"
        kept = self._kept(key) if use_cache else None
        if kept is not None:
            return kept
        found, is_complete = self._fetched(options)
        if is_complete:
            # As one text: cache plugins, and Ansible's handling of them, look at every value that they are given.
            self._cache[key] = {KEPT: json.dumps(found)}
        return found

    def _kept(self, key: str) -> Found | None:
        """The content of the cache, or None if it is missing or broken."""
        try:
            kept = strict_json(self._cache[key][KEPT].encode())
        except Exception:
            # A cache plugin may raise anything because of a broken file, and its entry may be anything.
            return None
        return kept if is_sound(kept) else None

    def _fetched(self, options: Mapping[str, Any]) -> tuple[Found, bool]:
        """The instances by region, and whether every region answered."""
        clients = clients_from(options, Clock(), hide=self._hide, warn=self.display.warning)
        found, failed = census(clients, options["filters"])
        problems = [masked(f"Region {region}: {error}", self._secrets) for region, error in failed.items()]
        if problems and not (options["skip_failed_regions"] and found):
            raise AnsibleParserError(" ".join(problems))
        for problem in problems:
            self.display.warning(f"Skipped. {problem}")
        return found, not failed

    def _hide(self, secret: str) -> None:
        self._secrets |= forms_of(secret)

    # --- hosts and groups

    def _group_names(self) -> GroupNames:
        conditional = self.get_option("groups")
        self._keyed = keyed_entries(
            self.get_option("keyed_groups"), self.get_option("leading_separator"), self._sanitize_group_name
        )
        return GroupNames(
            self._keyed,
            conditional=map(self._sanitize_group_name, conditional if isinstance(conditional, dict) else ()),
            earlier=self.inventory.groups,
            valued=VALUED.get(self.inventory, ()),
            hosts=[name for name, host in self.inventory.hosts.items() if not host.vars.get(ID)],
        )

    def _recipes(self) -> list[Recipe]:
        """The steps of evaluating the expressions for every host."""
        # An extra variable may stand before what an instance says.
        self._reads: Reads = _nothing_told if self.get_option("use_extra_vars") else expression
        reads = self._reads
        return [
            *named(self.get_option("compose"), self._by(self._set_composite_vars), reads),
            *named(self.get_option("groups"), self._by(self._add_host_to_composed_groups), reads),
            *keyed(self._keyed, self._by(self._add_host_to_keyed_groups), reads),
        ]

    def _by(self, helper: Callable[..., None]) -> Run:
        """Ansible's helper, which fills a draft."""
        strict = self.get_option("strict")

        def run(given: Any, draft: Draft) -> None:
            inventory = self.inventory
            self.inventory = draft
            try:
                helper(given, draft.said, draft.name, strict=strict)
            finally:
                self.inventory = inventory

        return run

    def _draft(self, host: Host, names: GroupNames, recipes: Iterable[Recipe]) -> Draft:
        draft = Draft(host.name, host.variables, names, cache(partial(_known, self.inventory, host.name)))
        for recipe in recipes:
            recipe.apply(draft)
        return draft

    def _compose(self, template: Any, variables: Any, *more: Any) -> Any:
        """Evaluate an expression. ansible-core 2.16 turns a text such as `True` or `{1, 2}` into the value that it
        shows, and such a key of a group makes the whole file fail; anybody can write that into a tag.
        """
        value = self._there(template)
        if value is NOT_THERE:
            value = super()._compose(template, variables, *more)
        else:
            # For the template of a parent, which comes next.
            self.templar.available_variables = variables
        is_key = isinstance(self.inventory, Draft) and self.inventory.entry is not None
        stays = value is None or isinstance(value, (str, list, Mapping))
        return str(value) if is_key and not stays else value

    def _there(self, template: Any) -> Any:
        """The value that an expression names, as Jinja would find it."""
        found = self._reads(template) if PLAIN_TEXT_IS_SAFE and isinstance(self.inventory, Draft) else None
        return found.value(self.inventory.said, NOT_THERE) if found else NOT_THERE


def _names_us(path: str) -> bool:
    """Whether the beginning of a file names this plugin. A pipe is not read, since another plugin may want it."""
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            return bool(MEANT_FOR_US.search(file.read(MEANT_WITHIN)))
    except OSError:
        return False


def _known(inventory: InventoryData, name: str) -> dict[str, Any]:
    """What expressions may ask of a host besides its variables."""
    host = inventory.hosts.get(name)
    source = inventory.current_source
    files = {"inventory_file": source, "inventory_dir": basedir(source) if source else None}
    return dict(host.get_vars() if host else {**files, **KnownHost(name, gen_uuid=False).get_vars()})


def _marked(host: Host) -> Host:
    """The host, with nothing in its variables that is taken for a template."""
    if PLAIN_TEXT_IS_SAFE:
        return host
    return Host(host.name, {name: wrap_var(value) for name, value in host.variables.items()})


def _nothing_told(_text: Any) -> None:
    """For expressions that may depend on anything."""


def _named(options: Iterable[str]) -> str:
    return ", ".join(sorted(map(repr, options)))


def _digest(options: Mapping[str, Any]) -> str:
    """A digest of what decides which instances are listed. The region and the identity are those that files and
    environment lead to now: the same options may have led to another account yesterday.
    """
    asked = {**asked_of(options), **{name: options[name] for name in ASKED_BY}}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
