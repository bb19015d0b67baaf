"""Recipes: one configuration of the whole loop, from problems to gate, in one TOML file.

Guarantees that a recipe holds only keys that mean something: an unknown one is refused with the
nearest known one. Does not run anything (`loop` does).
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from corollary_agent.limits import Limits
from corollary_agent.trace import Sampling
from corollary_tools.errors import CorollaryError
from corollary_training.dpo_settings import DpoSettings
from corollary_training.gate import GateSettings


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProblemSection(_Section):
    """Which problems are trained on and which are held out.

    Without `evaluation_source` the evaluation problems are families held out of the same source
    and split, `held_out` of them. stop: problems, held out too, that the stop rule looks at.
    """

    source: str
    split: str = "train"
    limit: int | None = None
    evaluation_source: str | None = None
    evaluation_split: str = "dev"
    evaluation_limit: int = 200
    stop: int = 0
    seed: int = 0


class ModelSection(_Section):
    """A model's spec, as `corollary solve --model` takes it, and how its tokens are drawn."""

    model: str
    samples: int = 1
    sampling: Sampling = Sampling()
    concurrency: int = 32


class PairSection(_Section):
    """How many pairs of each kind at most, in all and a problem. See `PairSettings`."""

    outcome: int = 400
    step: int = 1200
    repair: int = 100
    outcome_cap: int = 2
    step_cap: int = 6
    balance: float | None = 2.0


class Recipe(_Section):
    """The whole loop. rounds: how often the student is rolled out, paired and trained again."""

    name: str
    toolkit: str = "all"
    problems: ProblemSection
    teacher: ModelSection = ModelSection(model="expert:0.15")
    student: ModelSection = ModelSection(model="starter")
    limits: Limits = Limits()
    pairs: PairSection = PairSection()
    train: DpoSettings = DpoSettings()
    gate: GateSettings = GateSettings()
    rounds: int = 1


def load_recipe(name: str | Path) -> Recipe:
    """Read a recipe from a file, or a shipped one by its name (`demo`)."""
    path = Path(name)
    shipped = files("corollary_training") / "recipes" / f"{name}.toml"
    if path.is_file():
        text = path.read_text(encoding="utf-8")
    elif shipped.is_file():
        text = shipped.read_text(encoding="utf-8")
    else:
        raise CorollaryError(
            f"there is no recipe {name}",
            because="it is neither a file nor one of the shipped recipes: demo",
            remedy="corollary loop demo, or the path of a .toml file",
        )
    return _parse(text, str(name))


def _parse(text: str, name: str) -> Recipe:
    try:
        return Recipe(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CorollaryError(
            f"the recipe {name} is not TOML",
            because=str(error),
            remedy="correct that line",
        ) from error
    except ValidationError as error:
        raise _explained(error, name) from error


def _explained(error: ValidationError, name: str) -> CorollaryError:
    """Turn pydantic's first finding into three lines that name the key and its section."""
    finding: Any = error.errors()[0]
    place = [str(part) for part in finding["loc"]]
    key, section = place[-1], ".".join(place[:-1]) or "the top level"
    if finding["type"] == "extra_forbidden":
        known = _keys(place[:-1])
        near = get_close_matches(key, known, n=1, cutoff=0.4)
        return CorollaryError(
            f"unknown key {key!r} in {section} of the recipe {name}",
            because=f"the keys there are {', '.join(known)}",
            remedy=f"{near[0]}" if near else "leave it out",
        )
    return CorollaryError(
        f"{'.'.join(place)} in the recipe {name} is wrong",
        because=f"{finding['msg'].lower()}; it is {str(finding['input'])[:60]!r}",
        remedy="corollary loop --help shows a recipe",
    )


def _keys(place: list[str]) -> list[str]:
    model: Any = Recipe
    for part in place:
        annotation = model.model_fields[part].annotation
        arms = [a for a in getattr(annotation, "__args__", ()) if isinstance(a, type)]
        models = [a for a in arms if issubclass(a, BaseModel)]
        model = models[0] if models else annotation
    return sorted(model.model_fields)
