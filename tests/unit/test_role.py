# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role is a contract: what it documents, what it defaults to and what it passes on are the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment
from jinja2.nodes import Name

from ansible_collections.tencent.cloud.plugins.module_utils._reset.fleet_options import FLEET_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._reset.options import RESET_SPEC
from ansible_collections.tencent.cloud.plugins.modules import reset_instance_step
from ansible_collections.tencent.cloud.plugins.plugin_utils._role import failure, requests
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.options import OPTIONS
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.stage import PHASES
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.steps import STEPS
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.verdicts import VERDICTS
from tests.unit.support.role_hosts import HOST, about, begun, registered

ROLE = Path(__file__).resolve().parents[2] / "roles" / "reset_instance"
TASK_FILES = sorted(ROLE.glob("tasks/*.yml"))
PREFIX = "reset_instance_"
INSTANCE = f"{PREFIX}instance_id"
"""Its default is the variable of the inventory plugin."""
OF_ITS_OWN = {"wait"}
"""Options of the module that the role decides itself: it always waits."""
INHERITED = ("delegate_to", "become", "run_once")
STEP = "tencent.cloud.reset_instance_step"


def flat(tasks: list[dict[str, Any]], block: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """Tasks in their order, those of blocks in the place of these, with what they have from them."""
    for one in tasks:
        task = {**(block or {}), **one}
        yield task
        for part in ("block", "rescue", "always"):
            yield from flat(task.get(part) or [], {name: task[name] for name in INHERITED if name in task})


def tasks_of(file: Path) -> list[dict[str, Any]]:
    return list(flat(yaml.safe_load(file.read_text(encoding="utf-8"))))


def calls() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Each task that calls something of this collection, with its file and the name of the module."""
    for file in TASK_FILES:
        for task in tasks_of(file):
            for name in task:
                if name.startswith("tencent.cloud."):
                    yield file, name.rpartition(".")[2], task


def steps() -> list[tuple[Path, str, str, dict[str, Any]]]:
    """Each step, with its file, its name, its phase, and its task."""
    found = [(file, task) for file, name, task in calls() if name == "reset_instance_step"]
    return [(file, task[STEP]["step"], task[STEP].get("phase", ""), task) for file, task in found]


def read(name: str) -> Any:
    return yaml.safe_load((ROLE / name).read_text(encoding="utf-8"))


def options() -> dict[str, Any]:
    return dict(read("meta/argument_specs.yml")["argument_specs"]["main"]["options"])


def test_every_documented_option_has_a_default_and_none_else() -> None:
    assert set(options()) == set(read("defaults/main.yml"))


def test_the_documented_defaults_are_the_real_ones() -> None:
    real = read("defaults/main.yml")
    assert {name: real[name] for name, one in options().items() if "default" in one} == {
        name: one["default"] for name, one in options().items() if "default" in one
    }
    assert [name for name, one in options().items() if "default" not in one] == [INSTANCE]


def test_the_documented_defaults_are_those_that_are_read() -> None:
    defaults = {**read("defaults/main.yml"), INSTANCE: ""}
    assert {name: (type(one), one) for name, one in defaults.items()} == {
        f"{PREFIX}{name}": (type(option.default), option.default) for name, option in OPTIONS.items()
    }


def test_no_option_is_validated_by_ansible() -> None:
    """On a failure it prints all options for each host, and it refuses what the role itself can read or tell better."""
    inert = {"description", "type", "default", "version_added"}
    assert {name: sorted(set(one) - inert) for name, one in options().items() if set(one) - inert} == {}
    assert {one["type"] for one in options().values()} == {"raw"}


TYPES = {
    "true or false": "A switch",
    "text": "A text",
    "path": "A path",
    "mapping": "A mapping",
    "port number": "A port number",
    "number of seconds": "A number of seconds",
    "whole number of seconds": "A whole number of seconds",
    "whole number of days": "A whole number of days",
    "list of texts": "A list of",
    "list of files": "A list of task files",
    "list of conditions": "A list of conditions",
}


@pytest.mark.parametrize("name", OPTIONS)
def test_every_description_begins_with_the_type(name: str) -> None:
    kind = OPTIONS[name].kind.type
    words = re.sub(r"(\w+)(?=,| or |$)", r"V(\1)", kind)
    described = options()[f"{PREFIX}{name}"]["description"][0]
    assert described.startswith(TYPES.get(kind) or f"A word, {words}. ")


def shown(default: Any) -> str:
    """A default in the README: nothing for an empty one."""
    if isinstance(default, str) or default in ([], {}):
        return f"`{default}`" if default else ""
    return f"`{json.dumps(default)}`".replace('"', "")


def test_the_readme_has_every_option_once_with_its_phase_its_type_and_its_default() -> None:
    section = (ROLE / "README.md").read_text(encoding="utf-8").partition("\n## Variables\n")[2]
    assert "\n## " not in section
    lines = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| ")]
    rows = [tuple(cell.strip() for cell in line) for line in lines[1:]]
    assert [row[:4] for row in rows] == [
        (one.phase, f"`{name}`", one.kind.type, shown("cvm_instance_id" if name == "instance_id" else one.default))
        for name, one in OPTIONS.items()
    ]
    assert not [row for row in rows if not row[4].endswith(".")]


# --- what the modules are called with


def test_every_option_of_the_module_is_one_of_the_role_and_passed_on() -> None:
    expected = set(RESET_SPEC) - OF_ITS_OWN
    assert {f"{PREFIX}{name}" for name in expected} <= set(options())
    of_each, of_all = {"instance_id", *requests._OF_AN_INSTANCE}, set(requests._OF_THE_TASK)
    assert of_each | of_all | {"attach"} == expected
    assert len(of_each) + len(of_all) + 1 == len(expected)
    assert of_each <= set(FLEET_SPEC["instances"]["options"])
    for _file, name, task in calls():
        if name == "cvm_reset_instances":
            given = set(task[f"tencent.cloud.{name}"])
            assert given - {"skip_refused"} == of_all | {"region", "instances", "attach"}
            assert given <= {"region", *FLEET_SPEC}


def test_calls_of_the_api_are_made_by_the_controller_and_without_become() -> None:
    made = [
        (task["name"], task.get("delegate_to"), task.get("become"))
        for _f, one, task in calls()
        if f".{one}" not in STEP
    ]
    assert len(made) > 15
    assert [one for one in made if one[1:] != ("localhost", False)] == []


def test_every_call_of_the_api_has_the_region_of_its_own() -> None:
    """The plugins of the region know no inventory: a batch may be of several."""
    own = "{{ __reset_instance_own.region or omit }}"
    # Asked once for the batch, before any host was judged; any region has the same answer.
    anybody = {"sts_caller_identity_info": "{{ __reset_instance_begun.connection.region | default(omit, true) }}"}
    for _file, name, task in calls():
        given = task[f"tencent.cloud.{name}"]
        if name not in ("reset_instance_step", "ssh_host_key"):
            each = "{{ item.value.region or omit }}" if OVER_A_BATCH.fullmatch(str(task.get("loop"))) else own
            assert given["region"] == anybody.get(name, each), task["name"]


OVER_A_BATCH = re.compile(r"{{ __reset_instance_(\w+_(?:calls|groups)) \| dict2items }}")
WITH_SECRETS = {"plan": "plans", "reset": "resets"}
"""Calls whose instances have passwords and host keys, by what the names of the variables begin with."""


def test_what_ansible_shows_of_a_loop_over_a_batch_has_no_secret() -> None:
    """It shows what a loop goes over, and that of an error: secrets come from another variable, by the call's name."""
    seen = set()
    for _file, _name, task in calls():
        loop = OVER_A_BATCH.fullmatch(str(task.get("loop")))
        if not loop:
            continue
        seen.add(loop[1])
        assert task["loop_control"]["label"] == "{{ item.key }}", task["name"]
        texts = str({key: one for key, one in task.items() if key != "tencent.cloud.cvm_reset_instances"})
        assert not re.search("__reset_instance_(plan|reset)_calls", texts), task["name"]
        if "tencent.cloud.cvm_reset_instances" in task:
            what, kind = loop[1].rsplit("_", 1)
            assert (what in WITH_SECRETS, kind) == (True, "groups")
            given = task["tencent.cloud.cvm_reset_instances"]
            assert given["instances"] == f"{{{{ __reset_instance_{what}_calls[item.key].instances }}}}"
            assert [key for key, one in given.items() if "_calls" in str(one)] == ["instances"]
    assert seen == {"key_pair_calls", "image_calls", "plan_groups", "reset_groups", "log_calls"}


WRITES = {"cvm_reset_instance", "cvm_reset_instances", "cvm_reset_log", "cvm_image", "cbs_snapshot"}
IDS = {"instance_id", "instance_ids", "instances"}
GUARDED_CALLS = {
    "__reset_instance_reset_groups": "reset_groups",
    "__reset_instance_reset_calls": "resets",
    "__reset_instance_log_calls": "logs",
}
"""Those of a batch that change something, by what the filter is asked for."""
OF_A_BATCH = {
    "{{ __reset_instance_reset_groups | dict2items }}": "{{ __reset_instance_reset_calls[item.key].instances }}",
    "{{ __reset_instance_log_calls | dict2items }}": "{{ item.value.instance_ids }}",
}
"""The instances of a loop over them. Nothing runs on a server between the beginning of a loop and its end."""
OLD_IMAGES = (
    "{{ hostvars | tencent.cloud._reset_for_host('old_images', __reset_instance_me, whole=__reset_instance_is_used) }}"
)


def test_nothing_is_changed_by_the_api_but_of_instances_that_the_guard_has_let_pass() -> None:
    """The guard is asked as often as the variable is evaluated, whatever a hook or a server has done in between."""
    seen = set()
    for _file, name, task in calls():
        given = task[f"tencent.cloud.{name}"]
        reads = task.get("check_mode") is True or (name == "cvm_reset_log" and "state" not in given)
        if name not in WRITES or reads:
            continue
        seen.add(name)
        if given.get("state") == "absent":
            # An image is no instance; the filter asks the guard for it.
            assert (name, given["image_id"], task["loop"]) == ("cvm_image", "{{ item.image_id }}", OLD_IMAGES)
            continue
        (option,) = IDS & set(given)
        allowed = OF_A_BATCH[task["loop"]] if "loop" in task else "{{ __reset_instance_id }}"
        assert given[option] == allowed, task["name"]
    assert seen == WRITES


def test_the_hooks_run_only_for_what_the_guard_has_let_pass() -> None:
    """Those of a failure aside: they do nothing to a server that would have to be the right one."""
    (before,) = (task for task in read("tasks/before.yml") if "loop" in task)
    (back,) = (task for task in read("tasks/main.yml")[-1]["block"][1]["block"] if task["name"] == "Return")
    assert before["loop"] == "{{ __reset_instance_own.hooks.before if __reset_instance_id else [] }}"
    assert back["loop"].endswith(" if __reset_instance_is_new and __reset_instance_id else [] }}")
    included = [
        (file.stem, str(task["ansible.builtin.include_tasks"]["file"]))
        for file in TASK_FILES
        for task in tasks_of(file)
        if "{{" in str(task.get("ansible.builtin.include_tasks"))
    ]
    assert sorted(included) == [
        ("before", "{{ __reset_instance_hook }}"),
        ("main", "{{ __reset_instance_part }}"),
        ("main", "{{ __reset_instance_part }}.yml"),
        ("rescue", "{{ __reset_instance_hook }}"),
    ]


def test_what_the_guard_is_asked_by_is_not_kept_in_between() -> None:
    """Neither is it a fact: vars of a role are evaluated each time, and overrule facts."""
    defined = read("vars/main.yml")
    assert re.fullmatch(r"{{ hostvars \| tencent\.cloud\._reset_for_host\('id', .*}}", defined["__reset_instance_id"])
    asked = re.compile(r"{{ hostvars \| tencent\.cloud\._reset_for_batch\('(\w+)', __reset_instance_left, .*}}\s*")
    found = {name: asked.fullmatch(text) for name, text in defined.items() if name.endswith(("_calls", "_groups"))}
    assert {name: match and match[1] for name, match in found.items()} == {
        "__reset_instance_key_pair_calls": "key_pairs",
        "__reset_instance_image_calls": "images",
        "__reset_instance_plan_groups": "plan_groups",
        "__reset_instance_plan_calls": "plans",
        **GUARDED_CALLS,
    }
    set_somewhere = {name for file in TASK_FILES for name in (*assigned(file), *results(file))}
    assert set_somewhere & set(defined) == set()


@pytest.mark.parametrize("what", GUARDED_CALLS.values())
def test_the_calls_of_a_batch_that_write_leave_out_who_is_not_what_was_confirmed(what: str) -> None:
    frozen = begun(policy="once", idempotency_key="key")
    found = {
        "begun": frozen,
        "judged": {"hosts": {HOST: about(frozen)}},
        "confirmed": {"ids": {HOST: frozen["instance_id"]}},
        "arrived": {"after_hooks": True},
        "reset_ended": {"is_new": True},
    }

    def asked(**other: Any) -> bool:
        variables = {**registered(**found), **other}
        return bool(requests.for_batch({HOST: variables}, what, [HOST], whole=True))

    assert asked()
    assert not asked(ansible_facts={"reset_instance_policy": "always"})
    assert not asked(**registered(confirmed={"ids": {HOST: "ins-other"}}))
    assert not asked(**registered(confirmed={"ids": {}}))


# --- what is read, and when

MAY_BE_READ = {"hostvars", "item", "omit", "ansible_play_batch", "ansible_skip_tags", "ansible_diff_mode"}
"""What no server can answer with: Ansible's own words overrule facts, or are refused as facts."""
READ_AGAIN = {"conditions": {f"{PREFIX}verify_that"}, "vars": {"ansible_facts"}}
"""Read all the same: conditions, once the server is proved; facts, to see that they do not name what was judged."""


def expressions(value: Any, *, bare: bool = False) -> Iterator[str]:
    """The texts of a document that are evaluated, each as a template."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from expressions(one, bare=key in {"when", "that", "until", "failed_when", "changed_when"})
    elif isinstance(value, list):
        for one in value:
            yield from expressions(one, bare=bare)
    elif isinstance(value, str):
        yield f"{{{{ {value} }}}}" if bare and "{{" not in value else value


@pytest.mark.parametrize("file", [*TASK_FILES, ROLE / "vars" / "main.yml"], ids=lambda file: file.stem)
def test_options_are_read_once_and_what_was_read_is_used(file: Path) -> None:
    """What a server answers in between could be another value, as long as it is a variable of the host that is read."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    parsed = [Environment().parse(text.replace("\\", "\\\\")) for text in expressions(document)]
    names = {name.name for one in parsed for name in one.find_all(Name)}
    of_the_host = {name for name in names if not name.startswith(f"__{PREFIX}")}
    assert of_the_host - MAY_BE_READ == READ_AGAIN.get("vars" if file.parent.name == "vars" else file.stem, set())


def test_the_conditions_of_the_user_are_evaluated_only_after_the_verdict() -> None:
    """They are about the new system, whose facts they read; the login's verdict has refused those that lie."""
    *_before, verdict = tasks_of(ROLE / "tasks" / "verify.yml")
    assert verdict[STEP] == {"step": "verdict", "phase": "verify"}
    (condition,) = tasks_of(ROLE / "tasks" / "conditions.yml")
    assert condition["ansible.builtin.assert"]["that"] == "{{ reset_instance_verify_that }}"
    assert [file.stem for file in TASK_FILES if "verify_that" in file.read_text(encoding="utf-8")] == ["conditions"]
    # They are the first of what returns the server, which the guard is asked for once more: see test_judge.
    order = [task["name"] for task in read("tasks/main.yml")[-1]["block"][1]["block"]]
    assert order.index("Enter") < order.index("Verify") < order.index("Return")
    assert not [file.stem for file in TASK_FILES if "conditions.yml" in file.read_text(encoding="utf-8")]


# --- phases and steps


def file_of(task: Mapping[str, Any]) -> str:
    """The file that a task imports or includes; empty for another task."""
    included = task.get("ansible.builtin.include_tasks") or {}
    return str(task.get("ansible.builtin.import_tasks") or included.get("file") or "")


def test_every_phase_has_a_file_a_tag_and_a_line_in_the_readme() -> None:
    frame = read("tasks/main.yml")[-1]
    looks, touches = frame["block"]
    every = [f"{PREFIX}{phase}" for phase in PHASES]
    rescue, *unrescued = touches["rescue"]
    # Before ansible-core 2.19, any_errors_fatal ends a play before a block in "always".
    assert not [task for task in frame["always"] if {"block", "ansible.builtin.import_tasks"} & set(task)]
    for task in (looks, rescue, *frame["always"], read("tasks/main.yml")[0]):
        assert task["tags"] == every, task["name"]
    assert [looks["ansible.builtin.import_tasks"], *map(file_of, touches["block"])] == [
        "preflight.yml",
        "prepare.yml",
        "reset.yml",
        # Of "trust" and "login", of the conditions and what comes after them: see test_judge.
        "{{ __reset_instance_part }}.yml",
        "verify.yml",
        "{{ __reset_instance_part }}",
        "after.yml",
    ]
    for phase in PHASES[2:]:
        assert [task for task in touches["block"] if f"{PREFIX}{phase}" in task["tags"]], phase
    assert [task["tags"] for task in unrescued] == [[f"{PREFIX}{phase}"] for phase in PHASES[2:]]
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    for phase in PHASES:
        assert phase == "confirm" or (ROLE / "tasks" / f"{phase}.yml").is_file()
        assert f"| {phase} |" in readme


def test_a_tag_of_a_phase_also_selects_what_it_rests_on() -> None:
    tags = {task["name"]: task["tags"] for task in read("tasks/main.yml")[-1]["block"][1]["block"]}
    assert tags == {
        name: [f"{PREFIX}{phase}" for phase in phases]
        for name, phases in {
            "Prepare": ("before", "backup", "reset"),
            "Reset": PHASES[PHASES.index("reset") :],
            "Enter": ("trust", "login"),
            "Verify": ("verify",),
            "Return": ("verify", "after"),
            "After": ("after",),
        }.items()
    }


def test_what_is_included_runs_whatever_was_chosen_and_fails_in_its_own_phase() -> None:
    """What is chosen, the include decides; the first phase among the tags of what failed is that of the failure."""
    parts = {task["name"]: task for task in read("tasks/main.yml")[-1]["block"][1]["block"]}
    applied = {
        name: parts[name]["ansible.builtin.include_tasks"]["apply"]["tags"] for name in ("Prepare", "Enter", "Return")
    }
    assert applied == {
        "Prepare": ["always"],
        "Enter": ["always", f"{PREFIX}login"],
        "Return": ["always", f"{PREFIX}after"],
    }
    prepared = [(file_of(task), task["tags"], task["when"]) for task in read("tasks/prepare.yml")]
    assert prepared == [
        ("before.yml", [f"{PREFIX}before"], "__reset_instance_own.do.before"),
        ("rescued.yml", [f"{PREFIX}before"], "__reset_instance_own.do.before"),
        ("backup.yml", [f"{PREFIX}backup"], "__reset_instance_own.do.backup"),
        ("", [f"{PREFIX}reset"], "__reset_instance_own.mark | length > 0"),
    ]
    earlier = {"trust": "trust", "conditions": "verify"}
    for name, phase in earlier.items():
        assert {str(task["tags"]) for task in tasks_of(ROLE / "tasks" / f"{name}.yml")} == {f"['{PREFIX}{phase}']"}
    tagged = {file.stem for file in TASK_FILES for task in tasks_of(file) if "tags" in task}
    assert tagged == {"main", "prepare", *earlier}


def test_every_step_is_one_that_there_is_and_all_are_taken() -> None:
    assert {step for _file, step, _phase, _task in steps()} == set(STEPS)
    document = yaml.safe_load(reset_instance_step.DOCUMENTATION)
    assert document["options"]["step"]["choices"] == list(STEPS)
    assert {phase for _file, step, phase, _task in steps() if step == "verdict"} == set(VERDICTS)
    assert not [phase for _file, step, phase, _task in steps() if step != "verdict" and phase]


def test_what_is_for_a_batch_is_done_once_and_by_the_controller_and_a_verdict_by_each_host() -> None:
    for _file, step, phase, task in steps():
        shared = (task.get("delegate_to"), task.get("become"), task.get("run_once"))
        of_the_batch = step in ("confirm", "judge", "keep", "report") or phase == "batch"
        assert shared == (("localhost", False, True) if of_the_batch else (None, None, None)), task["name"]


ONLY_SAID = {"batch", "failure"}
"""Verdicts that end the host, or say nothing."""


def test_a_step_is_registered_by_the_name_that_is_read() -> None:
    for _file, step, phase, task in steps():
        names = {"begin": "begun", "confirm": "confirmed", "judge": "judged", "keep": "kept", "report": "reported"}
        wanted = {
            "verdict": {f"__{PREFIX}{phase}_ended"} if phase not in ONLY_SAID else {None},
            "failure": {f"__{PREFIX}failure", f"__{PREFIX}second"},
        }.get(step) or {f"__{PREFIX}{names[step]}"}
        assert task.get("register") in wanted, task["name"]


def test_secrets_are_not_shown() -> None:
    """The options have passwords, and what is kept a host key."""
    hidden = {task["name"] for file in TASK_FILES for task in tasks_of(file) if task.get("no_log")}
    assert {task["name"] for _file, step, _phase, task in steps() if step in ("begin", "keep")} <= hidden
    logs_in = [task["name"] for file in TASK_FILES for task in tasks_of(file) if "ansible_password" in str(task)]
    assert len(logs_in) == 1
    assert set(logs_in) <= hidden


# --- private variables

PLUGINS = ROLE.parents[1] / "plugins"
ALWAYS = {"begun", "confirmed", "pairs", "plans"}
"""What every use of the role registers anew before anything reads it; the confirmation counts the uses besides."""
OR_SKIPPED = {"caller"}
"""The same, but that it may have been skipped is registered then, and read as nothing."""


def assigned(file: Path) -> set[str]:
    """The facts that a file sets."""
    return {name for task in tasks_of(file) for name in task.get("ansible.builtin.set_fact", ())}


def results(file: Path) -> set[str]:
    """The variables that it registers."""
    return {str(task["register"]) for task in tasks_of(file) if "register" in task}


def read_by_steps() -> set[str]:
    """What the plugins read of what the tasks have registered, by the names without the prefix."""
    texts = [file.read_text(encoding="utf-8") for file in PLUGINS.glob("plugin_utils/_role/*.py")]
    named = {name for text in texts for name in re.findall(r"\b(?:memory|own|self)\.get\(\"(\w+)\"\)", text)}
    looped = {f"{phase}_ended" for phase in VERDICTS if phase not in ONLY_SAID} | {"snapshot", "image"}
    return named | looped | {name for names in failure._REGISTERED.values() for name in names}


def test_private_variables_are_all_defined() -> None:
    """What is asked for is computed in vars/, set as a fact or registered, or handed to an included file."""
    texts = [file.read_text(encoding="utf-8") for file in (*TASK_FILES, ROLE / "vars" / "main.yml")]
    used = {name for text in texts for name in re.findall(r"\b__reset_instance_\w+", text)}
    defined = {name for text in texts for name in re.findall(r"^ *(__reset_instance_\w+):", text, re.MULTILINE)}
    given = {name for text in texts for name in re.findall(r"(?:register|loop_var): (__reset_instance_\w+)", text)}
    assert used <= defined | given


def test_what_the_steps_read_is_registered_or_set() -> None:
    given = {name for file in TASK_FILES if file.stem != "main" for name in (*assigned(file), *results(file))}
    assert {f"__{PREFIX}{name}" for name in read_by_steps()} <= given


def test_what_an_earlier_use_has_left_is_forgotten_at_the_beginning() -> None:
    forget = read("tasks/main.yml")[0]
    emptied = forget["ansible.builtin.set_fact"]
    assert [name for name, value in emptied.items() if value != {}] == []
    assert (forget["run_once"], "when" in forget) == (True, False)
    private = {name[len(f"__{PREFIX}") :] for name in emptied if name.startswith("__")}
    assert read_by_steps() - private == ALWAYS | OR_SKIPPED
    assert set(emptied) - {f"__{PREFIX}{name}" for name in private} == {
        f"{PREFIX}failure",
        "ansible_failed_task",
        "ansible_failed_result",
    }
    anew = {str(task.get("register")): task for task in tasks_of(ROLE / "tasks" / "preflight.yml")}
    for name in ALWAYS | OR_SKIPPED:
        assert ("when" in anew[f"__{PREFIX}{name}"]) is (name in OR_SKIPPED)


@pytest.mark.parametrize("file", TASK_FILES, ids=lambda file: file.stem)
def test_what_is_not_forgotten_is_read_in_the_file_that_registers_it(file: Path) -> None:
    """A later use of the role reads nothing of an earlier one."""
    forgotten = set(read("tasks/main.yml")[0]["ansible.builtin.set_fact"])
    own = {name for name in results(file) - forgotten if name[len(f"__{PREFIX}") :] not in ALWAYS | OR_SKIPPED}
    for other in TASK_FILES:
        if other != file:
            text = other.read_text(encoding="utf-8")
            assert not [name for name in own if re.search(rf"\b{name}\b", text)], other.name


def test_a_failure_that_was_rescued_is_forgotten_wherever_there_is_a_rescue() -> None:
    """After the hooks, which may have one, and after that of the role's own."""
    gone = {"ansible_failed_task": {}, "ansible_failed_result": {}}
    arrived = {f"__{PREFIX}arrived": {"after_hooks": True}}
    assert [task["ansible.builtin.set_fact"] for task in tasks_of(ROLE / "tasks" / "rescued.yml")] == [gone | arrived]
    # After those of "after" too, where there are any: see test_judge.
    prepared = read("tasks/prepare.yml")
    assert [file_of(task) for task in prepared[:2]] == ["before.yml", "rescued.yml"]
    assert prepared[0]["when"] == prepared[1]["when"]
    (waits,) = (task for task in read("tasks/login.yml") if "rescue" in task)
    assert waits["rescue"][-1]["ansible.builtin.set_fact"] == gone
