# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The rows of a run's page, and those of them that are alike in what has to be done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .page_details import (
    FactLine,
    Field,
    Part,
    PhaseLine,
    Phrase,
    called,
    code,
    duration,
    evidence,
    facts,
    fields,
    last_phase,
    outcome_of,
    phases,
    phrase,
    phrases,
    sentence,
    system,
    texts,
    way_back,
)
from .page_words import ADVICE, STAGES, STATUSES, UNTOUCHED_TIER, Standing, at, servers, situation, span


class Row(NamedTuple):
    """A server, with all that the page says of it."""

    host: str
    instance: Phrase
    link: Phrase
    anchor: str
    status: str
    standing: Standing
    title: str
    badge: str
    task: str
    message: str
    meaning: str
    next_step: str
    stage: str
    system: tuple[Phrase, ...]
    reset: tuple[Phrase, ...]
    backup: tuple[Phrase, ...]
    evidence: tuple[Phrase, ...]
    warnings: tuple[str, ...]
    warned: str
    took: str
    fields: tuple[Field, ...]
    facts: tuple[FactLine, ...]
    phases: tuple[PhaseLine, ...]


def in_order(
    written: Iterable[Mapping[str, Any]], hosts: Iterable[str], active: Iterable[str]
) -> list[Mapping[str, Any]]:
    """A report for each host, in the order of the play. Who is silent is waiting for a later batch, or was lost.

    Args:
        written: the reports that there are, each with its host.
        hosts: all hosts of the play.
        active: those of them that Ansible has not given up.
    """
    found, alive = {at(one, "host"): one for one in written}, set(active)
    return [found.get(host) or {"host": host, "status": "waiting" if host in alive else "lost"} for host in hosts]


def rows(reports: Sequence[Mapping[str, Any]], run_id: str) -> list[Row]:
    """The servers in the order of the reports.

    A report without a key, of a host that could not say, is taken for one of the same key as the others.
    """
    first_key = next((at(one, "key") for one in reports if at(one, "key")), "")
    longest = max([1.0, *map(duration, reports)])
    found = []
    for n, report in enumerate(reports, 1):
        keyed = (at(report, "key") or first_key or run_id) != (at(report, "run_id") or run_id)
        found.append(_row(n, report, keyed=keyed, longest=longest))
    return found


def _row(n: int, report: Mapping[str, Any], *, keyed: bool, longest: float) -> Row:
    status, stage = at(report, "status") or "lost", at(report, "stage")
    standing = STATUSES.get(status, Standing(status, "warn", 2))
    phase = at(report, "failure", "phase") or (last_phase(report) if status == "running" else "")
    where = situation(status, stage, phase, at(report, "reset", "outcome"))
    if where == "untouched":
        standing = standing._replace(tier=UNTOUCHED_TIER)
    advice = ADVICE.get(where, ADVICE["lost"])
    next_step = advice.keyed if keyed else advice.keyless
    back = way_back(report, status, standing.tier)
    host = at(report, "host") or "(no name)"
    lines = phases(report, phase, status, longest)
    title = f"{standing.word} in phase {phase}" if phase and status in ("failed", "running") else standing.word
    warnings = texts(report.get("warnings"))
    return Row(
        host=host,
        instance=phrase(code(report.get("instance_id"))),
        link=phrase(Part(host, "link", f"#server-{n}")),
        anchor=f"server-{n}",
        status=status,
        standing=standing,
        title=title,
        badge=sentence(title),
        task=at(report, "failure", "task"),
        message=at(report, "failure", "message"),
        meaning=advice.meaning,
        next_step=next_step,
        stage=STAGES.get(stage, "") if stage != "fresh" else "",
        system=system(report),
        reset=phrases(phrase(sentence(outcome_of(report))), phrase(code(at(report, "reset", "request_id")))),
        backup=phrases(called(at(report, "backup", "kind"), at(report, "backup", "id"))),
        evidence=evidence(report, back),
        warnings=warnings,
        warned=f"{len(warnings)} {'warning' if len(warnings) == 1 else 'warnings'}" if warnings else "",
        took=span(duration(report)) if lines else "",
        fields=fields(report, f"{advice.meaning} {next_step}" if standing.tier else "", back),
        facts=facts(report),
        phases=lines,
    )


class GroupMember(NamedTuple):
    """One of several servers in a group: its name, and what is known of its reset and of the way back."""

    name: Phrase
    evidence: tuple[Phrase, ...]


class Group(NamedTuple):
    """Servers that need the same: what happened and what to do. One alone stands in the title, with its evidence."""

    first: Row
    title: Phrase
    evidence: tuple[Phrase, ...]
    members: tuple[GroupMember, ...]


def groups(found: Iterable[Row]) -> list[Group]:
    """The servers that need somebody, the most urgent first; those alike in all that is said of them together."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in found:
        if row.standing.tier:
            alike.setdefault((row.title, row.task, row.message, row.meaning, row.next_step), []).append(row)
    return [_group(members) for members in sorted(alike.values(), key=lambda one: (one[0].standing.tier, len(one)))]


def _group(members: Sequence[Row]) -> Group:
    first = members[0]
    if len(members) == 1:
        return Group(first, phrase(name_of(first), f": {first.title}"), first.evidence, ())
    each = tuple(GroupMember(name_of(row), row.evidence) for row in members)
    return Group(first, phrase(f"{servers(len(members))}: {first.title}"), (), each)


def name_of(row: Row) -> Phrase:
    """A link to a server's details, and the id of its instance."""
    return phrase(row.link, phrase(" ", row.instance) if row.instance else ())


class SharedWarning(NamedTuple):
    """A warning, and the servers that have it."""

    text: str
    about: Phrase


def shared_warnings(found: Iterable[Row]) -> list[SharedWarning]:
    """The warnings of the servers that need nobody, each of them once."""
    about: dict[str, list[Row]] = {}
    for row in found:
        for warning in dict.fromkeys(row.warnings if not row.standing.tier else ()):
            about.setdefault(warning, []).append(row)
    return [
        SharedWarning(warning, phrase(f"({servers(len(those))}: ", links(those), ")"))
        for warning, those in about.items()
    ]


def links(those: Iterable[Row]) -> Phrase:
    """The names of servers, each a link to its details."""
    parts = [part for row in those for part in (*row.link, Part(", "))]
    return tuple(parts[:-1])
