"""The report page in a real browser: opened from the disk, filtered, steered, attacked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.browser import Browser, has_browser
from test_report import FOREIGN, make_data

from corollary_cli.report.page import ReportData, build_report

pytestmark = pytest.mark.skipif(not has_browser(), reason="no Chromium on this machine")

NASTY = f"{FOREIGN} <img src=x onerror=alert(1)> \u2028 javascript:alert(1) \u0627\u0644\u0639"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.size(1200, 900)
        yield browser


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Path]:
    browser.errors.clear()
    browser.requests.clear()
    yield tmp_path / "report.html"
    assert browser.errors == []
    assert all(url.startswith("file://") for url in browser.requests)


def write(path: Path, data: ReportData) -> None:
    path.write_text(build_report(data), encoding="utf-8", errors="backslashreplace")


def count(browser: Browser, section: str) -> str:
    return str(browser.run(f"document.querySelector('#{section} .count').textContent"))


def ask(browser: Browser, section: str, words: str) -> None:
    browser.run(
        f"(() => {{ const box = document.querySelector('#{section} input'); box.value = `{words}`;"
        " box.dispatchEvent(new Event('input')); })()"
    )
    browser.wait(f"document.querySelector('#{section} .items').ariaBusy === 'false'")


def test_only_rows_in_view_are_drawn(browser: Browser, page: Path) -> None:
    write(page, make_data(traces=1000, pairs=600))
    browser.open(page)
    assert count(browser, "traces") == "1000 in all"
    assert browser.run("document.querySelectorAll('.card').length") < 120
    browser.run("document.querySelector('#traces .items').scrollTop = 1e9")
    browser.wait("document.querySelector('#traces [aria-posinset=\"1000\"]') !== null")
    assert browser.run("document.querySelectorAll('#traces .card').length") < 60


def test_a_search_reads_heads_and_bodies(browser: Browser, page: Path) -> None:
    data = make_data(traces=450, pairs=1)
    odd = data.traces[333]
    problem = odd.problem.model_copy(update={"question": "Where is the w<h>ale?"})
    traces = [*data.traces[:333], replace(odd, problem=problem), *data.traces[334:]]
    write(page, replace(data, traces=traces))
    browser.open(page)
    ask(browser, "traces", "w<H>ale where")
    assert count(browser, "traces").startswith("1 found")
    browser.run("document.querySelector('#traces .head').click()")
    browser.wait("document.querySelector('#traces .problem') !== null")
    told = browser.run("document.querySelector('#traces .problem').textContent")
    assert told == "Where is the w<h>ale?"
    ask(browser, "traces", "nothing has this")
    assert count(browser, "traces").startswith("0 found")


def test_keys_and_filters_and_the_address(browser: Browser, page: Path) -> None:
    write(page, make_data(traces=100, pairs=40))
    browser.open(page)
    browser.run(
        "(() => { const one = document.querySelector('#traces [data-facet=verdict]');"
        " one.value = 'wrong'; one.dispatchEvent(new Event('change'));"
        " document.querySelector('#traces').scrollIntoView({behavior: 'instant'}); })()"
    )
    assert count(browser, "traces") == "25 found, 100 in all"
    for key in "jjo":
        browser.press(key)
    browser.wait("document.querySelector('#traces .card .body') !== null")
    address = browser.run("location.hash")
    assert "verdict=wrong" in address
    opened = browser.run("document.querySelector('#traces .card .body dd:last-child').textContent")
    browser.send("Page.navigate", url="about:blank")
    browser.open(page, address)
    browser.wait("document.querySelector('#traces .card .body') !== null")
    assert count(browser, "traces") == "25 found, 100 in all"
    again = browser.run("document.querySelector('#traces .card .body dd:last-child').textContent")
    assert again == opened
    browser.press("Escape")
    browser.wait("document.querySelector('#traces .count').textContent === '100 in all'")
    browser.press("/")
    assert browser.run("document.activeElement.type") == "search"


def test_open_rows_push_the_others_down(browser: Browser, page: Path) -> None:
    write(page, make_data(traces=1, pairs=40))
    browser.open(page)
    browser.run("document.querySelector('#pairs').scrollIntoView({behavior: 'instant'})")
    browser.press("x")
    browser.wait("document.querySelectorAll('#pairs .body').length > 3")
    browser.wait(
        "[...document.querySelectorAll('#pairs .card')].map((one) => one.getBoundingClientRect())"
        ".sort((a, b) => a.top - b.top)"
        ".every((box, at, all) => !at || box.top >= all[at - 1].bottom)"
    )


def test_a_lost_problem_leads_to_its_traces(browser: Browser, page: Path) -> None:
    data = make_data(traces=100)
    assert data.decision is not None
    write(page, data)
    browser.open(page)
    browser.run("document.querySelector('[data-seek]').click()")
    browser.wait("/^1 found/.test(document.querySelector('#traces .count').textContent)")
    first = data.decision.flips.lost[0]
    assert browser.run("document.querySelector('#traces .card .spec').textContent") == first


def test_hostile_text_does_nothing(browser: Browser, page: Path) -> None:
    write(page, make_data(traces=40, pairs=40, text=NASTY))
    browser.open(page)
    browser.run("document.querySelector('#pairs').scrollIntoView({behavior: 'instant'})")
    browser.press("x")
    browser.wait("document.querySelectorAll('#pairs .body').length > 3")
    assert browser.run("document.querySelectorAll('main img, main script:not([type])').length") == 0
    assert "<img src=x onerror=alert(1)>" in browser.run(
        "document.querySelector('#pairs').innerText"
    )
    browser.open(page, "#pairs?q=%3Cimg%20src%3Dx%3E&kind=%3Cscript%3E&open=%00&constructor=1")
    ask(browser, "pairs", "</script><script>")
    assert count(browser, "pairs").startswith("40 found")


def test_a_hostile_family_can_be_chosen(browser: Browser, page: Path) -> None:
    data = make_data(traces=0, pairs=40)
    pairs = [
        pair.model_copy(update={"family": NASTY if at % 4 else "plain"})
        for at, pair in enumerate(data.pairs)
    ]
    write(page, ReportData(title="T", pairs=pairs))
    browser.open(page)
    browser.run(
        "(() => { const one = document.querySelector('[data-facet=family]');"
        " one.selectedIndex = 1; one.dispatchEvent(new Event('change')); })()"
    )
    assert count(browser, "pairs") == "30 found, 40 in all"
    address = browser.run("location.hash")
    browser.send("Page.navigate", url="about:blank")
    browser.open(page, address)
    browser.wait("/^30 found/.test(document.querySelector('#pairs .count').textContent)")


def test_a_line_of_a_million_letters_opens(browser: Browser, page: Path) -> None:
    data = make_data(traces=2, pairs=2, text="y" * 1_000_000)
    write(page, ReportData(title="T", pairs=data.pairs, traces=data.traces))
    browser.open(page)
    browser.wait("document.querySelector('#pairs .body') !== null")
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    assert page.stat().st_size < 500_000


def test_a_narrow_window_needs_no_sideways_scrolling(browser: Browser, page: Path) -> None:
    write(page, ReportData(title="T", pairs=make_data().pairs, traces=make_data().traces))
    browser.size(400, 800)
    try:
        browser.open(page)
        browser.wait("document.querySelector('#pairs .body') !== null")
        assert browser.run("document.documentElement.scrollWidth <= innerWidth")
        order = browser.run(
            "[...document.querySelectorAll('#pairs .versus')].slice(0, 1).flatMap((box) =>"
            " [...box.children].sort((a, b) => a.getBoundingClientRect().top -"
            " b.getBoundingClientRect().top).map((one) => one.textContent[0]))"
        )
        assert order[0] == "\u2713"
        assert order.index("\u2717") >= len(order) / 2
    finally:
        browser.size(1200, 900)
