# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of checks. `{python}`, `{version}`, `{archive}` and `{trees}` in a command are filled in by the runner."""

from __future__ import annotations

import dataclasses

from .environments import NEWEST

Command = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Check:
    """One check: its commands run one after the other in a copy of the tree, until one fails."""

    name: str
    group: str
    proves: str
    commands: tuple[Command, ...]
    environment: str = NEWEST
    installed: bool = False
    """Whether the built and installed collection is needed."""
    forbidden: str = ""
    """A regular expression; output that holds it fails the check whatever the exit code."""
    show: str = ""
    """A regular expression; the lines of the output that hold it are shown when the check passes."""
    variables: tuple[tuple[str, str], ...] = ()


PYTEST = ("{python}", "-m", "pytest", "-q")
SUMMARY = r"(passed|failed).* in \d"
COVERAGE = ("--cov", "--cov-report=term", "--cov-report=json")
TREE = (("ANSIBLE_COLLECTIONS_PATH", "{tree}"),)


# What the engine does over sockets does not depend on the core, nor do the tests' own machines; they are proved on the
# newest one.
WITHOUT_PROOFS = tuple(f"--ignore-glob=*/test_{proof}_*.py" for proof in ("lost", "once", "machines"))
ROLE = "tests/integration/role"
RESUME = f"{ROLE}/test_role_resume.py"
# What the role refuses, and what it withstands: as long again as the rest, and on the newest core alone.
GUARDS = tuple(f"{ROLE}/test_role_{name}.py" for name in ("attacks", "identity", "refusals"))
# Thousands of cells of the engine alone, which would take as long again under coverage and on each core.
MATRICES = tuple(
    f"tests/unit/plugins/module_utils/_reset/test_{name}.py" for name in ("reset_matrix", "idempotency_held_up")
)
UNIT = (*PYTEST, *(f"--ignore={matrix}" for matrix in MATRICES), "tests/unit")


def _on_core(core: str) -> tuple[Check, Check, Check]:
    proofs = () if core == NEWEST else WITHOUT_PROOFS
    return (
        Check(
            f"role-{core}",
            "role",
            f"the role carries real sshd hosts through their reinstall, ansible-core {core}",
            (
                (
                    *PYTEST,
                    *(f"--ignore={apart}" for apart in (RESUME, *GUARDS) if core == NEWEST),
                    ROLE if core == NEWEST else f"{ROLE}/test_role.py",
                ),
            ),
            environment=core,
            installed=True,
            show=SUMMARY,
        ),
        Check(
            f"integration-{core}",
            "integration",
            f"ansible-playbook and ansible -m reach the simulator, ansible-core {core}",
            ((*PYTEST, *proofs, f"--ignore={ROLE}", "tests/integration"),),
            environment=core,
            installed=True,
            show=SUMMARY,
        ),
        Check(
            f"unit-{core}",
            "unit",
            f"unit tests on ansible-core {core}",
            (UNIT,),
            environment=core,
            show=SUMMARY,
        ),
    )


# The longest first, since some run side by side.
CHECKS = (
    Check(
        "matrix",
        "unit",
        "a reset is accepted once and its end told truly, whatever goes wrong and whenever a machine is stopped",
        ((*PYTEST, *MATRICES),),
        show=SUMMARY,
    ),
    Check(
        "role-resume",
        "role",
        "a run of the role that is killed in any phase goes on where it was",
        ((*PYTEST, RESUME),),
        installed=True,
        show=SUMMARY,
    ),
    Check(
        "role-guards",
        "role",
        "the role refuses what would go wrong, and no server or stranger gets around it",
        ((*PYTEST, *GUARDS),),
        installed=True,
        show=SUMMARY,
    ),
    *_on_core(NEWEST)[:2],
    Check(
        "sanity",
        "sanity",
        "ansible-test sanity, without an ignore file",
        (("ansible-test", "sanity", "--color", "no", "--python", "{version}"),),
        forbidden=r"^WARNING: (?!Using locale|Reviewing previous)",
    ),
    Check(
        "unit-coverage",
        "unit",
        "unit tests on the newest ansible-core; branch coverage of plugins/ is 95 % or more",
        ((*UNIT, *COVERAGE), ("{python}", "-m", "tests.checks.coverage_floor", "95")),
        show=SUMMARY + r"|^plugins/|^TOTAL|coverage",
    ),
    *_on_core("2.16"),
    *_on_core("2.19"),
    Check(
        "sdk",
        "sdk",
        "the vendor's official SDK drives the simulator",
        ((*PYTEST, "tests/sdk"),),
        show=SUMMARY,
    ),
    Check(
        "galaxy-importer",
        "lint",
        "Galaxy would take the built collection without a warning",
        (("{python}", "-m", "galaxy_importer.main", "{archive}"),),
        installed=True,
        forbidden=r"\b(WARNING|ERROR)\b",
    ),
    Check(
        "mypy",
        "lint",
        "types are complete and consistent (strict)",
        (
            (
                *("{python}", "-m", "mypy", "-p", "ansible_collections.tencent.cloud.plugins"),
                *("-p", "tests.simulator", "-p", "tests.machines", "-p", "tests.checks", "-p", "demo"),
            ),
        ),
    ),
    Check("ansible-lint", "lint", "ansible-lint, profile production", (("ansible-lint",),), variables=TREE),
    Check(
        "antsibull-docs",
        "lint",
        "the documentation of every plugin is complete and its references hold",
        (
            (
                *("antsibull-docs", "lint-collection-docs", "--plugin-docs"),
                *("--validate-collection-refs", "all", "."),
            ),
        ),
        variables=TREE,
    ),
    Check("changelog", "lint", "the changelog and its fragments are sound", (("antsibull-changelog", "lint"),)),
    Check("reuse", "lint", "every file says its copyright and licence (REUSE)", (("reuse", "lint", "--lines"),)),
    Check("ruff", "lint", "no known mistakes in Python", (("ruff", "check", "."),)),
    Check("format", "lint", "Python is formatted", (("ruff", "format", "--check", "--diff", "."),)),
    Check("yamllint", "lint", "YAML is well-formed and formatted", (("yamllint", "--strict", "."),)),
)
