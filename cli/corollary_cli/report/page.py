"""The report page: one HTML file with everything in it.

Guarantees a page that opens from file://, asks the network for nothing (its own policy forbids it),
runs no script but its own, reads without JavaScript, and shows every foreign text as text. Writes
no file.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from string import Template

from corollary_cli.report.banner import banner
from corollary_cli.report.comparison import comparison
from corollary_cli.report.data import ReportData
from corollary_cli.report.families import families
from corollary_cli.report.faults import faults
from corollary_cli.report.flips import flips
from corollary_cli.report.markup import Html, element, join
from corollary_cli.report.pairs import pairs
from corollary_cli.report.traces import traces

__all__ = ["ReportData", "build_report"]

Section = tuple[str, str, Html | None]


def build_report(data: ReportData) -> str:
    """Return the page as text, to be written as UTF-8."""
    sections = [section for section in _sections(data) if section[2] is not None]
    script = _part("page.js")
    return Template(_part("page.html")).substitute(
        policy=_policy(script),
        title=join([data.title]),
        made=join([data.made]),
        style=_part("page.css"),
        script=script,
        banner=banner(data),
        navigation=join(element("a", name, href=f"#{key}") for key, name, _ in sections),
        sections=join(_section(*section) for section in sections),
    )


def _sections(data: ReportData) -> tuple[Section, ...]:
    return (
        ("comparison", "Comparison", comparison(data)),
        ("flips", "Won and lost", flips(data)),
        ("families", "Families", families(data)),
        ("faults", "Faults", faults(data)),
        ("pairs", "Preference pairs", pairs(data)),
        ("traces", "Traces", traces(data)),
        ("run", "Run", _facts(data)),
    )


def _section(key: str, name: str, content: Html | None) -> Html:
    return element(
        "section", element("h2", name), content, id=key, data_list=key in ("pairs", "traces")
    )


def _facts(data: ReportData) -> Html | None:
    if not data.facts:
        return None
    rows = (
        element("tr", element("th", name, scope="row"), element("td", value))
        for name, value in data.facts.items()
    )
    return element("table", element("tbody", *rows), class_="facts")


def _policy(script: str) -> str:
    """No source for anything but the page's own style and this very script."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()
