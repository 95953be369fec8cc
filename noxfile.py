# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check of the project, in a table. The table's rows are sessions of nox, which `make` runs, three at a time."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from pathlib import Path

import nox
from nox.command import CommandFailed

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tests import secrecy
from tests.workshop import bench
from tests.workshop.compatibility import CORES, MODULE_SIDES, NEWEST, UNITS_ONLY, environments

nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.envdir = bench.VENVS
nox.options.reuse_venv = "yes"
# More than processors, since a check waits for machines and clocks as well.
nox.options.parallel = 3
nox.options.allow_parallel = True
# An environment is made anew when its Python is another one.
os.environ["NOX_ENABLE_STALENESS_CHECK"] = "1"
# Tools start twice as slow without bytecode, and some machines switch its writing off.
os.environ["UV_COMPILE_BYTECODE"] = "1"
# A run that is ended must end its commands too: let Python unwind.
signal.signal(signal.SIGTERM, signal.default_int_handler)

Command = bench.Command

# Ends a whole process group, the servers of the tests as well. Not every system has it.
LIMIT = ("timeout", "--verbose", "--kill-after=5", "1800") if shutil.which("timeout") else ("env",)

# Where the newest ansible-core cannot run, "newest" is an older one: for a person, who is told which, and not in CI.
OLDER = () if "CI" in os.environ else ("3.11", "3.10")
ENVIRONMENTS = environments()
# The Pythons that can hold each, and the one that does.
PYTHONS = {name: (*one.pythons, *(OLDER if name == "core-newest" else ())) for name, one in ENVIRONMENTS.items()}
FOUND = {name: bench.find_python(versions) for name, versions in PYTHONS.items()}


def environment(name: str) -> None:
    """Add the session that makes an environment, or brings it up to date."""

    def make(session: nox.Session) -> None:
        session.install(*ENVIRONMENTS[name].requirements)
        if name.startswith("core-"):
            bench.place_pip_bootstrap(Path(session.virtualenv.location))
        session.run("python", "tests/workshop/versions.py", log=False)

    make.__doc__ = f"the environment {name}"
    # Scripts look for their Python beside them, so that the checkout can be moved.
    nox.session(name=name, python=FOUND[name], venv_params=["--relocatable"], default=False)(make)


def objection_to(log: Path, forbidden: str) -> str:
    """Why an output is not as it should be although its commands ended well; empty if it is."""
    if forbidden and re.search(forbidden, log.read_text(errors="replace"), re.MULTILINE):
        return f"Its output has what it must not have: {forbidden}"
    shown = secrecy.leaks(log.read_bytes())
    return "\n".join(["Its output shows a secret:", *shown]) if shown else ""


def check(
    name: str,
    groups: str,
    proves: str,
    *commands: Command,
    core: str = NEWEST,
    module_side: str = "",
    built: bool = False,
    forbidden: str = "",
) -> None:
    """Add a check, whose commands run one after the other in a copy of the checkout until one fails.

    Args:
        groups: the words of `make` that it belongs to; what is only quick or matrix is no part of `make test`.
        module_side: the Python that runs modules, if it is another one than that of the ansible-core.
        built: whether Ansible is to find the built and installed collection, and not the copy.
        forbidden: a regular expression; output that holds it fails the check whatever the exit code.
    """

    stands_on = [f"core-{core}", *([f"modules-{module_side}"] if module_side else [])]

    def prove(session: nox.Session) -> None:
        for needed in stands_on:
            if not bench.python_of(needed).exists():
                session.skip(f"{needed} needs one of the Pythons {', '.join(PYTHONS[needed])}")
        tree = bench.CACHE / "trees" / name
        session.chdir(bench.copy_tree(bench.ROOT, tree))
        settings = bench.variables(bench.venv_of(f"core-{core}"), bench.INSTALLED if built else tree)
        if module_side:
            settings["TEST_MODULE_PYTHON"] = str(bench.python_of(f"modules-{module_side}"))
        log = bench.log_of(name)
        try:
            with log.open("w") as stream:
                for command in commands:
                    line = (*LIMIT, *command, *(session.posargs if "pytest" in command else ()))
                    session.run(*line, env=settings, include_outer_env=False, stdout=stream, log=False)
            if objection := objection_to(log, forbidden):
                print(objection)
                raise CommandFailed
        except CommandFailed:
            print(bench.complaints(log))
            raise
        print(bench.outcome(log), end="")

    prove.__doc__ = proves
    requires = [*stands_on, *(["build"] if built else [])]
    tags = groups.split()
    default = not {"quick", "matrix"}.issuperset(tags)
    nox.session(name=name, tags=tags, venv_backend="none", requires=requires, default=default)(prove)


# What the engine does over sockets does not depend on the core, nor do the tests' own machines, nor what AWX makes of a
# job; they are proved on the newest one. Documents show what that one prints.
APART_FROM_CORES = ("lost_*", "once_*", "machines_*", "awx_*", "documents")
WITHOUT_PROOFS = tuple(f"--ignore-glob=*/test_{proof}.py" for proof in APART_FROM_CORES)
ROLE = "tests/integration/role"
RESUME = f"{ROLE}/test_role_resume.py"
# What the role refuses, and what it withstands: as long again as the rest, and on the newest core alone.
GUARDS = tuple(f"{ROLE}/test_role_{name}.py" for name in ("attacks", "identity", "refusals"))
APART = tuple(f"--ignore={path}" for path in (RESUME, *GUARDS))
# Thousands of cells of the engine alone and a day of it, which would take as long under coverage and on each core.
FAULTS = tuple(
    f"tests/unit/plugins/module_utils/_reset/test_{name}.py"
    for name in ("reset_matrix", "idempotency_held_up", "fleet_soak")
)
PYTEST = ("python", "-m", "pytest", "-q")
INTEGRATION = (*PYTEST, f"--ignore={ROLE}", "tests/integration")
WITHOUT_FAULTS = tuple(f"--ignore={faults}" for faults in FAULTS)
UNIT = (*PYTEST, *WITHOUT_FAULTS, "tests/unit")
OF_MODULES = ("tests/unit/plugins/module_utils", "tests/unit/plugins/modules")
SITE = bench.CACHE / "docs"
SQUASHED = ("--squash-hierarchy", "--no-add-antsibull-docs-version")
SPHINX = ("sphinx-build", "--quiet", "--fail-on-warning", "--keep-going", "--jobs=2")
COVERAGE = ("--cov", "--cov-report=term", "--cov-report=json")
# Each way of calling a module, and the examples of every one: what may differ where another Python runs them.
MODULES = tuple(f"tests/integration/test_{name}.py" for name in ("module_side", "usage", "examples"))
# urllib3 before 2, and http.client of that Python, leave sockets to the garbage collector, which pytest would report.
LEFT_TO_THE_COLLECTOR = ("-W", "ignore::pytest.PytestUnraisableExceptionWarning")
WARNED = r"^WARNING: (?!Using locale|Reviewing previous)"
OLDEST_MODULE_SIDE = next(iter(MODULE_SIDES))


def sanity(name: str) -> Command:
    """What runs every sanity test of an ansible-core on its own Python."""
    version = Path(FOUND[f"core-{name}"]).name.removeprefix("python")
    # What the command ansible-test calls: that of 2.16 is a script which cannot begin like a relocatable one.
    test = ("python", "-m", "ansible_test._util.target.cli.ansible_test_cli_stub")
    return (*test, "sanity", "--color", "no", "--python", version)


for name in ENVIRONMENTS:
    environment(name)

check(
    "build",
    "lint",
    "the collection can be built, and installed as a user would",
    *bench.build_commands(bench.DIST, bench.INSTALLED),
    forbidden=bench.WARNED,
)

# The longest first, since several run side by side.
check(
    "faults",
    "unit",
    "a reset is accepted once and its end told truly, whatever goes wrong and whenever a machine is stopped",
    (*PYTEST, *FAULTS),
)
check(
    "role-resume",
    "role",
    "a run of the role that is killed in any phase goes on where it was",
    (*PYTEST, RESUME),
    built=True,
)
check(
    "role-guards",
    "role",
    "the role refuses what would go wrong, and no server or stranger gets around it",
    (*PYTEST, *GUARDS),
    built=True,
)
check(
    "role-newest",
    "role matrix",
    "the role carries real sshd hosts through their reinstall, newest ansible-core",
    (*PYTEST, *APART, ROLE),
    built=True,
)
check(
    "integration-newest",
    "integration matrix",
    "ansible-playbook and ansible -m reach the simulator, newest ansible-core",
    INTEGRATION,
    built=True,
)
check(
    "sanity",
    "sanity matrix",
    "ansible-test sanity, without an ignore file",
    sanity(NEWEST),
    forbidden=WARNED,
)
check(
    "unit-coverage",
    "unit",
    "unit tests on the newest ansible-core; branch coverage of plugins/ is 95 % or more",
    (*UNIT, *COVERAGE),
    ("python", "-m", "tests.workshop.coverage_floor", "95"),
)
for name in (name for name in CORES if name != NEWEST):
    # The oldest, and one with today's way of templates, stand for all of them in `make test`.
    stands = name in ("2.19", "2.16")
    role, integration, unit = (f"{kind} matrix" if stands else "matrix" for kind in ("role", "integration", "unit"))
    check(
        f"role-{name}",
        role,
        f"the role carries real sshd hosts through their reinstall, ansible-core {name}",
        (*PYTEST, f"{ROLE}/test_role.py"),
        core=name,
        built=True,
    )
    check(
        f"integration-{name}",
        integration,
        f"ansible-playbook and ansible -m reach the simulator, ansible-core {name}",
        (*INTEGRATION, *WITHOUT_PROOFS),
        core=name,
        built=True,
    )
    unraised = LEFT_TO_THE_COLLECTOR if CORES[name].libraries else ()
    check(f"unit-{name}", unit, f"unit tests on ansible-core {name}", (*UNIT, *unraised), core=name)
    check(f"sanity-{name}", "matrix", f"sanity, ansible-core {name}", sanity(name), forbidden=WARNED, core=name)
for version, side in MODULE_SIDES.items():
    libraries = "oldest" if side.libraries else "newest"
    check(
        f"modules-on-{version}",
        "integration matrix" if version == OLDEST_MODULE_SIDE else "matrix",
        f"modules of ansible-core {side.core} run on Python {version} with the {libraries} libraries",
        (*PYTEST, *MODULES),
        core=side.core,
        module_side=version,
        built=True,
    )
for name, core in UNITS_ONLY.items():
    check(
        f"unit-{name}",
        "matrix",
        f"unit tests of what modules run, on Python {core.pythons[0]} with the oldest libraries",
        (*PYTEST, *WITHOUT_FAULTS, *LEFT_TO_THE_COLLECTOR, *OF_MODULES),
        core=name,
    )
check("sdk", "sdk", "the vendor's official SDK drives the simulator", (*PYTEST, "tests/sdk"))
check(
    "galaxy-importer",
    "lint",
    "Galaxy would take the built collection without a warning",
    *bench.import_commands(bench.DIST),
    built=True,
    forbidden=bench.REFUSED,
)
check("unit-newest", "quick matrix", "unit tests on the newest ansible-core, without coverage", UNIT)
check(
    "mypy",
    "lint quick",
    "types are complete and consistent (strict)",
    (
        *("python", "-m", "mypy", "-p", "ansible_collections.tencent.cloud.plugins", "-p", "demo"),
        *("-p", "tests.simulator", "-p", "tests.machines", "-p", "tests.workshop", "-p", "tests.benchmarks"),
    ),
    # What this file imports is in nox's own environment.
    ("python", "-m", "mypy", "--python-executable", sys.executable, "noxfile.py"),
)
# In a home of its own: at its end it removes the modules that stand for those of other collections, and galaxy-importer
# may just have begun another one.
LINT = ("env", f"ANSIBLE_HOME={bench.HOME / 'lint'}", "ansible-lint")
check("ansible-lint", "lint", "ansible-lint, profile production", LINT)
check(
    "antsibull-docs",
    "lint",
    "the documentation of every plugin is complete and its references hold",
    ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "all", "."),
)
check(
    "docs",
    "lint",
    "the site of the documentation (.cache/docs/) builds without a warning, and its links lead somewhere",
    ("rm", "-rf", str(SITE)),
    # What is private to the role is no page of it.
    ("sh", "-c", "rm plugins/modules/reset_instance_step.py plugins/filter/_*.py"),
    ("mkdir", "-m", "700", "site"),
    ("antsibull-docs", "collection", "--fail-on-error", "--use-current", *SQUASHED, "--dest-dir=site", "tencent.cloud"),
    (*SPHINX, "--conf-dir=docs/docsite/sphinx", "--doctree-dir=doctrees", "site", str(SITE)),
    ("python", "-m", "tests.workshop.site_links", str(SITE)),
)
check("changelog", "lint", "the changelog and its fragments are sound", ("antsibull-changelog", "lint"))
check("reuse", "lint", "every file says its copyright and licence (REUSE)", ("reuse", "lint", "--lines"))
check("ruff", "lint quick", "no known mistakes in Python", ("ruff", "check", "."))
check("format", "lint quick", "Python is formatted", ("ruff", "format", "--check", "--diff", "."))
check("yamllint", "lint", "YAML is well-formed and formatted", ("yamllint", "--strict", "."))


@nox.session(venv_backend="none", default=False, requires=["core-newest", "build"], allow_parallel=False)
def demo(session: nox.Session) -> None:
    """`make demo`: the collection reinstalls an instance of the simulator, then a real server."""
    settings = bench.variables(bench.venv_of("core-newest"), bench.INSTALLED)
    # Simulator and server need a while to end.
    session.run("env", "python", "-m", "demo", env=settings, include_outer_env=False, log=False, interrupt_timeout=30)


@nox.session(python=FOUND["core-newest"], default=False, requires=["core-newest"])
def audit(session: nox.Session) -> None:
    """`make audit`: known vulnerabilities of what the checks install; needs PyPI itself."""
    session.install("--requirements=tests/requirements/audit.txt")
    folders = (bench.venv_of("core-newest")).glob("lib/python*/site-packages")
    session.run("python", "-m", "tests.workshop.audit", *map(str, folders), log=False)


@nox.session(venv_backend="none", default=False, requires=["core-newest"], allow_parallel=False)
def release(session: nox.Session) -> None:
    """`make release VERSION=x.y.z`: version, changelog and proved archive of a release; commit and tag are left."""
    settings = bench.variables(bench.venv_of("core-newest"), bench.INSTALLED)
    words = ("env", "python", "-m", "tests.workshop.release", str(bench.ROOT), *session.posargs)
    session.run(*words, env=settings, include_outer_env=False, log=False)


@nox.session(name="bench", python=FOUND["core-newest"], default=False, allow_parallel=False)
def benchmarks(session: nox.Session) -> None:
    """`make bench`: what things cost, against the vendor's tools and against each other; half an hour."""
    session.install("ansible-core", "--requirements=tests/requirements/benchmarks.txt")
    session.run("python", "-m", "tests.benchmarks", *session.posargs, log=False)


@nox.session(venv_backend="none", default=False, requires=["core-newest", "build"], allow_parallel=False)
def picture(session: nox.Session) -> None:
    """`make picture`: draws docs/demo.svg from a run of the demonstration, on Linux and as root."""
    settings = bench.variables(bench.VENVS / "core-newest", bench.INSTALLED)
    session.run("env", "python", "-m", "demo.picture", env=settings, include_outer_env=False, log=False)
