"""Exports: what is written is what was built, for datasets, Parquet and TRL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_store import make_problem, make_trace, make_verdict

from corollary_datagen.exports.export import export_dataset, load_export, read_export
from corollary_datagen.exports.manifest import Census, Manifest, build_manifest
from corollary_datagen.exports.split import check_apart, split_pairs
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs import PairSettings
from corollary_datagen.store import Store, open_store
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

ARGUMENTS = [
    {"expression": "48/2"},
    {"equations": ["x = 1"], "unknowns": []},
    {"n": 3, "formula": "forall x. cold(x) -> nice(x)"},
    {"names": ["a"], "distinct": True, "weight": 0.5, "nothing": None, "deep": {"z": [1, "2"]}},
    {},
]


def make_pair(number: int, toolkit: Toolkit) -> PreferencePair:
    function = {"name": f"tool{number}", "arguments": ARGUMENTS[number % len(ARGUMENTS)]}
    call = {"id": "call_1", "type": "function", "function": function}
    return PreferencePair(
        kind="step",
        problem_id=f"p{number % 4}",
        family=f"f{number}",
        tools=toolkit.schemas() if number % 2 else (),
        prompt=({"role": "user", "content": f"∀ {number}"},),
        chosen=({"role": "assistant", "content": "", "tool_calls": [call]},),
        rejected=({"role": "assistant", "content": "24"},),
        chosen_trace="t0-0",
        rejected_trace="t0-1",
        origin="slot",
    )


@pytest.fixture
def pairs(toolkit: Toolkit) -> list[PreferencePair]:
    return [make_pair(number, toolkit) for number in range(10)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "run") as store:
        store.add_problems(make_problem(n) for n in range(4))
        expert = make_trace(0, 1).model_copy(update={"model": "expert:0.2"})
        store.add_traces([(make_trace(0, 0), 0), (expert, 1)])
        store.add_verdicts([make_verdict("t0-0"), make_verdict("t0-1", "INCORRECT")])
        store.configure("rollout of expert:0.2", {"samples": 2})
        yield store


@pytest.fixture
def manifest(store: Store, pairs: list[PreferencePair]) -> Manifest:
    parts = {"train": pairs[:8], "validation": pairs[8:]}
    return build_manifest(store, parts, PairSettings(), toolkit="all", skipped={"same meaning": 3})


def test_rows_come_back_equal_by_every_road(
    pairs: list[PreferencePair],
    manifest: Manifest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from datasets import load_dataset

    export_dataset({"train": pairs[:8], "validation": pairs[8:]}, tmp_path / "out", manifest)
    assert "it/s" not in capsys.readouterr().err, "no bars of the library"
    assert load_export(tmp_path / "out") == pairs[:8]
    assert load_export(tmp_path / "out", "validation") == pairs[8:]
    loaded = load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    for split, expected in (("train", pairs[:8]), ("validation", pairs[8:])):
        rows = [PreferencePair.model_validate(row) for row in loaded[split]]
        assert rows == expected
        texts = [json.dumps(row["tools"]) for row in loaded[split]]
        assert texts == [json.dumps(pair.tools) for pair in expected], "the key order is kept"


def test_no_nulls_reach_a_row_that_has_none(
    pairs: list[PreferencePair], manifest: Manifest, tmp_path: Path
) -> None:
    export_dataset({"train": pairs}, tmp_path / "out", manifest)
    found = [json.dumps(pair.model_dump(mode="json")).count("null") for pair in pairs]
    again = load_export(tmp_path / "out")
    assert [json.dumps(pair.model_dump(mode="json")).count("null") for pair in again] == found


def test_the_card_and_the_manifest_say_where_it_came_from(
    pairs: list[PreferencePair], manifest: Manifest, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    written = export_dataset({"train": pairs[:8], "validation": pairs[8:]}, out, manifest)
    card = (out / "README.md").read_text("utf-8")
    assert "| expert:0.2 | rule-based stand-in | 0 | 10 |" in card
    assert "| scripted | language model | 10 | 0 |" in card
    assert "| hand | train | unknown | 4 |" in card
    assert "| same meaning | 3 |" in card
    stored = Manifest.model_validate_json((out / "manifest.json").read_text("utf-8"))
    assert stored == written
    assert stored.rollouts == {"rollout of expert:0.2": {"samples": 2}}
    assert sorted(stored.files) == ["data/train.parquet", "data/validation.parquet"]


def test_the_same_pairs_give_the_same_files(
    pairs: list[PreferencePair], manifest: Manifest, tmp_path: Path
) -> None:
    one, other = (
        export_dataset({"train": pairs}, tmp_path / name, manifest) for name in ("one", "other")
    )
    assert one.files == other.files
    again = export_dataset({"train": pairs[:3]}, tmp_path / "one", manifest)
    assert again.files != one.files
    assert len(load_export(tmp_path / "one")) == 3


def test_a_folder_of_somebody_else_is_left_alone(
    pairs: list[PreferencePair], manifest: Manifest, tmp_path: Path
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("one")
    with pytest.raises(CorollaryError, match="holds something else"):
        export_dataset({"train": pairs}, tmp_path / "thesis", manifest)
    with pytest.raises(CorollaryError, match="no pair to export"):
        export_dataset({"train": []}, tmp_path / "out", manifest)
    with pytest.raises(CorollaryError, match="there is no dataset"):
        load_export(tmp_path / "thesis")


def test_a_split_parts_families_and_is_stable(pairs: list[PreferencePair]) -> None:
    training, held_out = split_pairs(pairs * 2, share=0.4, seed=3)
    assert {pair.family for pair in training}.isdisjoint(pair.family for pair in held_out)
    assert training
    assert held_out
    fewer, _ = split_pairs(pairs[:4], share=0.4, seed=3)
    assert {pair.family for pair in fewer} <= {pair.family for pair in training}


def test_training_on_an_evaluation_problem_is_refused(pairs: list[PreferencePair]) -> None:
    check_apart(pairs, [make_problem(7).model_copy(update={"family": "another"})])
    for shared in (make_problem(0), make_problem(9).model_copy(update={"family": "f3"})):
        with pytest.raises(CorollaryError, match="1 evaluation problems are also trained on"):
            check_apart(pairs, [shared])
    same_text = make_problem(1).model_copy(update={"id": "other", "family": "other"})
    with pytest.raises(CorollaryError, match="the first is other"):
        check_apart([make_problem(1)], [same_text])


def test_the_page_on_data_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Path(__file__).parents[1] / "docs" / "data.md"
    code = page.read_text("utf-8").split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    exec(compile(code, str(page), "exec"), {})
    assert "'CORRECT'" in capsys.readouterr().out
    assert load_export(tmp_path / "pairs")


def test_the_disk_form_loads_with_the_same_rows(
    pairs: list[PreferencePair], manifest: Manifest, tmp_path: Path
) -> None:
    from datasets import load_from_disk

    export_dataset({"train": pairs[:8], "validation": pairs[8:]}, tmp_path / "out", manifest)
    loaded = load_from_disk(str(tmp_path / "out" / "disk"))
    assert list(loaded) == ["train", "validation"]
    for split, expected in (("train", pairs[:8]), ("validation", pairs[8:])):
        assert [PreferencePair.model_validate(row) for row in loaded[split]] == expected
        texts = [json.dumps(row["tools"]) for row in loaded[split]]
        assert texts == [json.dumps(pair.tools) for pair in expected]
    assert len({loaded[split]._fingerprint for split in loaded}) == 2, "caches keep them apart"
    assert loaded["train"].map(lambda row: {"n": len(row["tools"])})["n"][0] == 0


def test_schemas_cost_no_space_in_every_row(toolkit: Toolkit, tmp_path: Path, store: Store) -> None:
    one = make_pair(1, toolkit)
    rows = [one.model_copy(update={"problem_id": f"p{n}"}) for n in range(2000)]
    assert len(json.dumps(one.tools)) > 10_000
    manifest = build_manifest(store, {"train": rows}, PairSettings(), toolkit="all")
    export_dataset({"train": rows}, tmp_path / "out", manifest)
    for form, limit in (("data", 100), ("disk", 1500)):
        files = [path for path in (tmp_path / "out" / form).rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) / len(rows) < limit
    assert load_export(tmp_path / "out") == rows
    again = load_export(tmp_path / "out")
    assert len({id(pair.tools) for pair in again}) < 20, "read back, they are shared too"


def test_a_stream_is_read_once_and_makes_the_same_export(
    pairs: list[PreferencePair], store: Store, tmp_path: Path
) -> None:
    store.replace_pairs(pairs)
    parts = dict(zip(("train", "validation"), split_pairs(store, share=0.4, seed=3), strict=True))
    lists = dict(zip(("train", "validation"), split_pairs(pairs, share=0.4, seed=3), strict=True))
    assert {name: list(part) for name, part in parts.items()} == lists
    listed = build_manifest(store, lists, PairSettings(), toolkit="all", skipped={"why": 2})
    assert build_manifest(store, parts, PairSettings(), toolkit="all", skipped={"why": 2}) == listed
    one = export_dataset(lists, tmp_path / "one", listed)
    census, read = Census(store), []

    def once(name: str) -> Iterator[PreferencePair]:
        for pair in parts[name]:
            read.append(pair)
            yield pair

    other = export_dataset(
        census.watched({name: once(name) for name in parts}),
        tmp_path / "other",
        lambda: census.manifest(PairSettings(), toolkit="all", skipped={"why": 2}),
    )
    assert other == one
    assert len(read) == len(pairs)
    assert list(read_export(tmp_path / "other")) == lists["train"]


def test_a_manifest_of_what_can_be_read_once_is_refused(
    pairs: list[PreferencePair], store: Store
) -> None:
    with pytest.raises(TypeError, match="Census"):
        build_manifest(store, {"train": iter(pairs)}, PairSettings(), toolkit="all")


def test_a_failing_stream_leaves_the_old_export(
    pairs: list[PreferencePair], manifest: Manifest, tmp_path: Path
) -> None:
    export_dataset({"train": pairs}, tmp_path / "out", manifest)

    def failing() -> Iterator[PreferencePair]:
        yield pairs[0]
        raise RuntimeError("while reading")

    with pytest.raises(RuntimeError, match="while reading"):
        export_dataset({"train": failing()}, tmp_path / "out", manifest)
    assert load_export(tmp_path / "out") == pairs
    assert [path.name for path in tmp_path.iterdir() if path.name != "run"] == ["out"]


def test_numbers_come_back_to_the_last_digit(
    pairs: list[PreferencePair], manifest: Manifest, tmp_path: Path
) -> None:
    odd = {"role": "user", "n": [0.1 + 0.2, 1e-300, 2**53 + 1, 2**80, -0.0], "content": "\u2028é"}
    row = pairs[0].model_copy(update={"prompt": (odd,), "margin": 1 / 3})
    export_dataset({"train": [row]}, tmp_path / "out", manifest)
    (again,) = load_export(tmp_path / "out")
    assert json.dumps(again.model_dump()) == json.dumps(row.model_dump())
