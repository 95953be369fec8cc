# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The page of a run for whoever is on call, as HTML, from the reports of its hosts. It reads its templates alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .page_details import Field, Part, Phrase, code, phrase
from .page_rows import Row, groups, links, rows, shared_warnings
from .page_words import STATUSES, at, moment, servers

TEMPLATE = "report.html.j2"
COLUMNS = ("Server", "Status", "System", "Reset", "Backup", "Time")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)


def render(run: Mapping[str, Any], reports: Sequence[Mapping[str, Any]], folder: str) -> str:
    """The page as HTML. Nothing in it is taken for markup, whoever has written it.

    Args:
        run: run_id, operator, controller, region, account_id, job (id, name, url), began_at and written_at (seconds
            since 1970), time_zone (its name); any of them may be missing.
        reports: what each host of the play has written, in the order of the play.
        folder: where the template is.
    """
    return _environment(folder).get_template(TEMPLATE).render(contents(run, reports))


@lru_cache(maxsize=1)
def _environment(folder: str) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def contents(run: Mapping[str, Any], reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the template shows, by the names that it has there."""
    run_id = at(run, "run_id") or next((at(one, "run_id") for one in reports if at(one, "run_id")), "")
    found = rows(reports, run_id)
    troubled = [row for row in found if row.standing.tier]
    waiting = [row for row in found if row.status == "waiting"]
    return {
        "title": f"{'Needs you' if troubled else 'Fine'}: reinstall {run_id}",
        "heading": phrase("Reinstall of servers, run ", code(run_id)),
        "summary": f"{servers(len(found))}: {_counts(found)}.",
        "verdict": _verdict(len(troubled), len(waiting)),
        "verdict_tone": "bad" if troubled else "good",
        "times": _times(run, reports),
        "about": about(run),
        "groups": groups(found),
        "waiting": _waiting(waiting),
        "warnings_title": "Warnings of the other servers" if troubled else "Warnings",
        "warnings": shared_warnings(found),
        "columns": COLUMNS,
        "rows": found,
    }


def about(run: Mapping[str, Any]) -> list[Field]:
    """Who reinstalled what, from where."""
    listed = [
        Field("Operator", phrase(at(run, "operator"))),
        Field("Controller", phrase(at(run, "controller"))),
        Field("Region", phrase(code(at(run, "region")))),
        Field("Account", phrase(code(at(run, "account_id")))),
        Field("Job", phrase(_job(run))),
    ]
    return [one for one in listed if one.value]


def _job(run: Mapping[str, Any]) -> Part:
    """The job by its name and id, a link if its address is one of the web."""
    name, number, url = (at(run, "job", key) for key in ("name", "id", "url"))
    label = f"{name} ({number})" if name and number else name or number or url
    return Part(label, "link", url) if _WEB_ADDRESS.fullmatch(url) else Part(label)


def _counts(found: Sequence[Row]) -> str:
    """How many servers there are of each status, in the order of the table; unknown ones last."""
    counted = Counter(row.standing.word for row in found)
    known = [standing.word for standing in STATUSES.values()]
    return ", ".join(f"{counted[word]} {word}" for word in dict.fromkeys([*known, *counted]) if counted[word])


def _verdict(troubled: int, waiting: int) -> str:
    if troubled:
        return f"{servers(troubled)} {'needs' if troubled == 1 else 'need'} you."
    return "None needs you so far." if waiting else "None needs you."


def _times(run: Mapping[str, Any], reports: Sequence[Mapping[str, Any]]) -> str:
    zone = at(run, "time_zone")
    began = run.get("began_at") or min((at(one, "began_at") for one in reports if at(one, "began_at")), default="")
    begun = f"Begun {moment(began, zone)}. " if began else ""
    written = f"Written {moment(run['written_at'], zone)}. " if run.get("written_at") else ""
    return f"{begun}{written}The page is written anew after each batch."


def _waiting(those: Sequence[Row]) -> Phrase:
    """The servers of a later batch, if there are any."""
    if not those:
        return ()
    which = "it" if len(those) == 1 else "them"
    return phrase(
        f"{servers(len(those))} of a later batch had not begun: ",
        links(those),
        f". If the run has ended, run again for {which}.",
    )
