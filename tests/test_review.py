"""The queue for people: what is asked, what is stored, and that it stays."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import assert_told, run
from handmade import COW, GOOD_COW, GOOD_STORY, STORY, call, trace_of

from corollary_datagen.grading.error_rate import measured_by_gold, measured_by_persons
from corollary_datagen.grading.judging import GRADER, grade_all
from corollary_datagen.grading.review import decided, draw_sample, export_rows, import_rows, queue
from corollary_datagen.store import Store, open_store
from corollary_datagen.verdict import Verdict
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

TORN = COW.model_copy(
    update={
        "id": "torn",
        "family": "torn",
        "meta": {"formulas": ["cold(cow)", "true"], "conclusion": "nice(cow)"},
    }
)


@pytest.fixture
def store(tmp_path: Path, toolkit: Toolkit) -> Iterator[Store]:
    """A graded run: two right, four wrong, a guess, and one on which the routes disagree."""
    with open_store(tmp_path / "run") as opened:
        opened.add_problems([COW, STORY, TORN])
        wrong = [[call("calculate", expression=f"48+{n}"), str(48 + n)] for n in range(4)]
        scripts = [GOOD_STORY, *wrong, ["72"]]
        opened.add_traces((trace_of(STORY, script, toolkit), n) for n, script in enumerate(scripts))
        opened.add_trace(trace_of(COW, GOOD_COW, toolkit), 0)
        opened.add_trace(trace_of(TORN, GOOD_COW, toolkit), 0)
        grade_all(opened, toolkit.workers)
        yield opened


def reasons(store: Store, ids: list[str]) -> list[str]:
    known = store.judged_by(GRADER)
    return [known[trace_id].reason.split(":")[0] for trace_id in ids]


def test_disagreements_come_first(store: Store) -> None:
    assert reasons(store, queue(store)) == ["the routes disagree", "unsupported"]


def test_a_decision_outranks_every_grader_and_stays(store: Store, toolkit: Toolkit) -> None:
    first, *rest = queue(store)
    store.add_verdicts([decided(first, "right", "ann", note="the rule is missing")])
    for _ in range(2):
        kept = {verdict.trace_id: verdict for verdict in store.verdicts()}[first]
        assert (kept.judgement, kept.grader, kept.route) == ("CORRECT", "person:ann", "person")
        assert kept.note == "the rule is missing"
        assert queue(store) == rest
        assert store.counts()["CORRECT"] == 3
        grade_all(store, toolkit.workers, regrade=True)


def test_an_old_row_still_reads() -> None:
    old = '{"version":1,"trace_id":"t","judgement":"CORRECT","reason":"r","grader":"corollary/1"}'
    verdict = Verdict.model_validate_json(old)
    assert (verdict.route, verdict.findings, verdict.note) == (None, (), "")


def test_a_sample_is_seeded_blind_and_from_both_sides(store: Store) -> None:
    sample = draw_sample(store, 4, 7, "ann")
    assert sample == draw_sample(store, 4, 7, "bob")
    known = store.judged_by(GRADER)
    assert sorted(known[i].judgement for i in sample) == ["CORRECT"] * 2 + ["INCORRECT"] * 2
    assert len(draw_sample(store, 50, 7, "ann")) == 6
    for row in export_rows(store, sample, audit=True):
        assert not {"gold", "reason", "findings"} & row.keys()
    store.add_verdicts([decided(sample[0], "right", "ann", audit=True)])
    assert draw_sample(store, 4, 7, "ann") == sample[1:]
    assert draw_sample(store, 4, 7, "bob") == sample


def test_the_error_rate_is_weighted_back_to_the_run(store: Store) -> None:
    assert measured_by_persons(store) is None
    known = store.judged_by(GRADER)
    sample = draw_sample(store, 4, 0, "ann")
    right = [i for i in sample if known[i].judgement == "CORRECT"]
    for trace_id in sample:
        said = (
            "wrong" if trace_id == right[0] or known[trace_id].judgement != "CORRECT" else "right"
        )
        store.add_verdicts([decided(trace_id, said, "ann", audit=True)])  # type: ignore[arg-type]
    rate = measured_by_persons(store)
    assert rate is not None
    assert rate.false_positive is not None
    assert rate.false_negative is not None
    assert rate.false_positive.value == 0.5
    assert rate.false_negative.value == 0.0
    assert rate.flip_rate == 0.25
    assert 0 < rate.false_positive.low < 0.5 < rate.false_positive.high < 1
    run_of = Counter[str]()
    for row in rate.strata:
        run_of[row.judgement] += row.run
    assert run_of == {"CORRECT": 2, "INCORRECT": 4}


def test_decisions_of_the_queue_do_not_measure_anything(store: Store) -> None:
    store.add_verdicts(decided(trace_id, "wrong", "ann") for trace_id in queue(store))
    assert measured_by_persons(store) is None


def test_persons_who_disagree_measure_nothing(store: Store) -> None:
    (first, *_) = draw_sample(store, 2, 0, "ann")
    for name, said in (("ann", "right"), ("bob", "wrong")):
        store.add_verdicts([decided(first, said, name, audit=True)])  # type: ignore[arg-type]
    rate = measured_by_persons(store)
    assert rate is not None
    assert (rate.false_positive, rate.false_negative, rate.undecided) == (None, None, 1)


def test_decisions_are_taken_in_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "queue.jsonl"
    rows = list(export_rows(store, queue(store), audit=False))
    rows[0]["decision"] = "wrong"
    rows[1]["decision"] = "maybe"
    path.write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(CorollaryError, match="line 2: decision"):
        import_rows(store, path, "ann")
    assert len(queue(store)) == 2
    rows[1]["decision"] = ""
    path.write_text("\n".join(map(json.dumps, rows)))
    assert import_rows(store, path, "ann") == 1
    assert len(queue(store)) == 1
    rows[1]["trace_id"] = "elsewhere"
    path.write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(CorollaryError, match="no trace elsewhere"):
        import_rows(store, path, "ann")


def test_gold_that_was_hidden_measures_certificates(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    from test_certifying import MISREAD, by

    rate = measured_by_gold(store, toolkit.workers)
    assert rate is not None
    assert rate.false_positive is None, "one reading of each problem certifies nothing"
    with open_store(tmp_path / "agreed") as agreed:
        agreed.add_problems([COW])
        traces = [by(trace_of(COW, MISREAD, toolkit), model) for model in "ab"]
        agreed.add_traces((trace, 0) for trace in traces)
        found = measured_by_gold(agreed, toolkit.workers)
    assert found is not None
    assert found.false_positive is not None
    assert found.false_positive.value == 1.0, "two who misread alike are believed"


def test_the_command_asks_one_by_one(store: Store) -> None:
    folder = str(store.run_dir)
    store.close()
    done = run("grade", folder, "--review", "--as", "ann", stdin="x\nr rule 2\nq\n")
    assert done.exit_code == 0, done.stderr
    for word in (
        "1 of 2",
        "2. If something is cold",
        "forall x. cold(x) -> nice(x)",
        "gold    True",
    ):
        assert word in done.stderr
    assert "none of r, w, c, s, q" in done.stderr
    assert "1 decided by ann, 1 left" in done.stderr
    again = run("grade", folder, "--again", "--json")
    assert json.loads(again.stdout)["CORRECT"] == 3
    blind = run("grade", folder, "--sample", "2", "--as", "ann", "--json", stdin="r\nw\n")
    assert "gold" not in blind.stderr
    assert json.loads(blind.stdout)["error_rate"]["measured_by"] == "persons"


def test_the_command_says_what_is_wrong(store: Store, tmp_path: Path) -> None:
    folder = str(store.run_dir)
    store.close()
    assert_told(run("grade", folder, "--export", "x"), 2, "--review or --sample N")
    assert_told(run("grade", folder, "--review", "--as", "a b"), 2, "name of a person")
    gone = str(tmp_path / "gone")
    assert_told(run("grade", folder, "--review", "--import", gone), 2, "cannot read")
    with open_store(tmp_path / "new") as new:
        new.add_problems([COW])
    assert_told(run("grade", str(tmp_path / "new"), "--review"), 2, "corollary grade")
    assert_told(run("grade", str(tmp_path / "new"), "--calibrate"), 2, "nothing to measure")


def test_mathematics_is_shown_as_it_is(tmp_path: Path, toolkit: Toolkit) -> None:
    odd = STORY.model_copy(update={"question": "What is [bold]x[/bold] if a[1] = 2*3*4?"})
    with open_store(tmp_path / "odd") as opened:
        opened.add_problems([odd])
        opened.add_trace(trace_of(odd, ["72"], toolkit), 0)
        grade_all(opened, toolkit.workers)
    done = run("grade", str(tmp_path / "odd"), "--review", stdin="q\n")
    assert "What is [bold]x[/bold] if a[1] = 2*3*4?" in done.stderr
