# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What the page of a run says of one server in detail, made of the report that its host wrote. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .page_words import (
    FACTS,
    HOST_KEYS,
    OF_THE_SYSTEM,
    OUTCOMES,
    STAGES,
    UNTOUCHED_TIER,
    at,
    instant,
    moment,
    number,
    span,
    text,
)


class Part(NamedTuple):
    """A piece of a phrase: plain text, or of a kind: "code", "pre", or "link" with its target."""

    text: str
    kind: str = ""
    target: str = ""


Phrase = tuple[Part, ...]


class Field(NamedTuple):
    """A line of the details."""

    name: str
    value: Phrase


class FactLine(NamedTuple):
    """A fact of the instance before and after."""

    name: str
    before: Phrase
    after: Phrase
    change: str


class PhaseLine(NamedTuple):
    """A phase: its name, when it began (UTC), how long it took, and its part of the bar (in percent of the page's)."""

    name: str
    began: str
    took: str
    tone: str
    width: str


def phrase(*parts: str | Part | Phrase) -> Phrase:
    """A phrase of texts, parts and other phrases; empty ones are left out."""
    found: list[Part] = []
    for one in parts:
        given = (Part(one),) if isinstance(one, str) else (one,) if isinstance(one, Part) else one
        found += [part for part in given if part.text]
    return tuple(found)


def phrases(*given: Phrase) -> tuple[Phrase, ...]:
    """Those of the phrases that say something."""
    return tuple(one for one in given if one)


def code(value: Any) -> Part:
    """What one copies: an id, a name, an address."""
    return Part(text(value), "code")


def called(kind: str, name: Any) -> Phrase:
    """What kind of thing, and its name or id if it has one."""
    return phrase(kind, " ", code(name)) if text(name) else phrase(kind)


def duration(report: Mapping[str, Any]) -> float:
    """How long a host took, in seconds."""
    listed = _mappings(report.get("phases"))
    return number(report.get("seconds")) or sum(number(one.get("seconds")) for one in listed)


def sentence(words: str) -> str:
    """Words with a capital letter at the beginning."""
    return words[:1].upper() + words[1:]


def restored(report: Mapping[str, Any]) -> bool:
    """Whether the server has the system of its backup again."""
    return bool(_mapping(report, "rollback")) or report.get("status") == "rolled_back"


def way_back(report: Mapping[str, Any], status: str, tier: int) -> Phrase:
    """Whether a server was rolled back, or what could bring it back."""
    backup, rollback = _mapping(report, "backup"), _mapping(report, "rollback")
    if rollback:
        request = code(rollback.get("request_id"))
        what = called(at(rollback, "kind") or "backup", rollback.get("name"))
        return phrase("Rolled back to the ", what, phrase(", RequestId ", request) if request.text else (), ".")
    if backup:
        what = called(at(backup, "kind") or "backup", backup.get("id"))
        return phrase("Not rolled back. " if status == "failed" else "", "The ", what, " of the old system was kept.")
    lacks = status == "failed" and tier < UNTOUCHED_TIER
    return phrase("Nothing was rolled back, and there is no backup." if lacks else "")


def evidence(report: Mapping[str, Any], back: Phrase) -> tuple[Phrase, ...]:
    """What is known of the reset and of the way back, with the warnings."""
    request = code(at(report, "reset", "request_id"))
    reset = phrase(f"Reset {outcome_of(report)}, RequestId ", request) if request.text else ()
    warnings = (phrase(f"Warning: {one}") for one in texts(report.get("warnings")))
    return phrases(reset, back, *warnings)


def system(report: Mapping[str, Any]) -> tuple[Phrase, ...]:
    """The system that a server had, and the one that it has now."""
    now: Phrase = ()
    if restored(report):
        now = phrase("\u2192 restored from its backup")
    elif at(report, "reset", "outcome") in ("done", "planned") and _image(report, "after"):
        now = phrase("\u2192 ", _image(report, "after"))
    return phrases(_image(report, "before"), now)


def _image(report: Mapping[str, Any], when: str) -> Phrase:
    os_name, image = at(report, when, "os_name"), code(at(report, when, "image_id"))
    return phrase(os_name, " " if os_name and image.text else "", image)


def fields(report: Mapping[str, Any], advice: str, back: Phrase) -> tuple[Field, ...]:
    """The lines of the details that have something to say.

    Args:
        report: of one host.
        advice: what to do, empty for a server that needs nobody.
        back: the phrase on the way back.
    """
    listed = (*_of_the_run(report, advice), *_of_the_reset(report), *_of_the_system(report, back))
    return tuple(one for one in listed if one.value)


def _of_the_run(report: Mapping[str, Any], advice: str) -> list[Field]:
    has_own_key = at(report, "key") != at(report, "run_id")
    return [
        Field("Message", phrase(Part(at(report, "failure", "message"), "pre"))),
        Field("Task", phrase(at(report, "failure", "task"))),
        Field("Next", phrase(advice)),
        Field("Stage", phrase(STAGES.get(at(report, "stage"), ""))),
        Field("Idempotency key", phrase(code(report.get("key")) if has_own_key else "")),
        Field("Begun", phrase(moment(report.get("began_at")))),
        Field("Ended", phrase(moment(report.get("ended_at")))),
    ]


def _of_the_reset(report: Mapping[str, Any]) -> list[Field]:
    reset = _mapping(report, "reset")
    sent = text(reset.get("submissions"))
    adopted = "The answer was lost, and the reset was recognized on the instance." if reset.get("adopted") else ""
    return [
        Field("Reset", phrase(outcome_of(report))),
        Field("RequestId", phrase(code(reset.get("request_id")))),
        Field("Reason", phrase(text(reset.get("reason")) if at(reset, "outcome") != "done" else "")),
        Field("Sent", phrase(f"{sent} {'time' if sent == '1' else 'times'}" if sent else "")),
        Field("Adopted", phrase(adopted)),
        Field("Waited", phrase(span(reset.get("waited_seconds")) if number(reset.get("waited_seconds")) else "")),
    ]


def _of_the_system(report: Mapping[str, Any], back: Phrase) -> list[Field]:
    backup, trust, login = _mapping(report, "backup"), _mapping(report, "trust"), _mapping(report, "login")
    installed, old = _image(report, "after"), _image(report, "before")
    undone = restored(report) and at(report, "reset", "outcome") == "done" and installed != old
    has_way_back = _mapping(report, "rollback") or report.get("status") == "failed"
    return [
        Field("Was installed", installed if undone else ()),
        Field("Backup", called(at(backup, "kind"), at(backup, "id"))),
        Field("Backup name", phrase(code(at(backup, "name")))),
        Field("Rollback", back if has_way_back else ()),
        Field("Host key", phrase(HOST_KEYS.get(at(trust, "host_keys"), ""))),
        *(Field("Fingerprint", phrase(code(one))) for one in texts(trust.get("fingerprints"))),
        Field("Login", phrase(code(f"{at(login, 'user')}, port {at(login, 'port')}")) if login else ()),
        *(Field("Warning", phrase(one)) for one in texts(report.get("warnings"))),
        *(Field("Note", phrase(one)) for one in texts(report.get("notes"))),
    ]


def facts(report: Mapping[str, Any]) -> tuple[FactLine, ...]:
    """What the instance was and is. After a rollback its system is that of the backup, so the one of before."""
    before, after = _mapping(report, "before"), _mapping(report, "after")
    lines = []
    for key, name in FACTS.items():
        old, new = text(before.get(key)), text(after.get(key))
        now, change = phrase(code(new)), "changed" if before and after and old != new else ""
        if restored(report) and key in OF_THE_SYSTEM:
            now, change = phrase(code(old)) or phrase("that of the backup"), "restored"
        if old or new:
            lines.append(FactLine(name, phrase(code(old)), now, change))
    return tuple(lines)


def phases(report: Mapping[str, Any], broken: str, status: str, longest: float) -> tuple[PhaseLine, ...]:
    """The phases in their order.

    Args:
        report: of one host.
        broken: the phase that failed or was lost; empty if none did.
        status: of the host.
        longest: what fills the whole bar, in seconds.
    """
    lines = []
    for phase in _mappings(report.get("phases")):
        name, began = at(phase, "name"), instant(phase.get("began_at"))
        took = span(phase.get("seconds"))
        if broken and name == broken:
            took += ", lost here" if status == "running" else ", failed here"
        tone = "bad" if broken and name == broken else "reset" if name == "reset" else ""
        width = f"{100 * number(phase.get('seconds')) / longest:.2f}"
        lines.append(PhaseLine(name, f"{began:%H:%M:%S}" if began else "", took, tone, width))
    return tuple(lines)


def last_phase(report: Mapping[str, Any]) -> str:
    """The phase that began last; empty if none did."""
    listed = _mappings(report.get("phases"))
    return at(listed[-1], "name") if listed else ""


def outcome_of(report: Mapping[str, Any]) -> str:
    """What the reset came to, in words; empty if there was none."""
    found = at(report, "reset", "outcome")
    return OUTCOMES.get(found, found)


def _mapping(report: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = report.get(key)
    return found if isinstance(found, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, (list, tuple)) else []


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts, without empty ones."""
    return tuple(filter(None, map(text, value))) if isinstance(value, (list, tuple)) else ()
