"""Recipes as files: TOML in, a checked record out, errors that name the key and its section.

Guarantees that a recipe holds only keys that mean something: an unknown one is refused with the
nearest known one. Does not know what recipes there are.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from corollary_tools.errors import CorollaryError

Kind = TypeVar("Kind", bound=BaseModel)


def read_recipe(kind: type[Kind], name: str | Path) -> Kind:
    """Read a recipe of `kind` from a file, or a shipped one by its name."""
    path = Path(name)
    shipped = files("corollary_training") / "recipes"
    if path.is_file():
        return _parse(kind, path.read_text(encoding="utf-8"), str(name))
    if (shipped / f"{name}.toml").is_file():
        return _parse(kind, (shipped / f"{name}.toml").read_text(encoding="utf-8"), str(name))
    known = ", ".join(sorted(e.name.removesuffix(".toml") for e in shipped.iterdir()))
    raise CorollaryError(
        f"there is no recipe {name}",
        because=f"it is neither a file nor one of the shipped recipes: {known}",
        remedy="one of these names, or the path of a .toml file",
    )


def _parse(kind: type[Kind], text: str, name: str) -> Kind:
    try:
        return kind(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CorollaryError(
            f"the recipe {name} is not TOML",
            because=str(error),
            remedy="correct that line",
        ) from error
    except ValidationError as error:
        raise _explained(kind, error, name) from error


def _explained(kind: type[BaseModel], error: ValidationError, name: str) -> CorollaryError:
    """Turn one finding into three lines that name the key and its section.

    An unknown key comes first: it is often the misspelt name of one that is missing.
    """
    found: list[Any] = list(error.errors())
    finding = next((f for f in found if f["type"] == "extra_forbidden"), found[0])
    place = [str(part) for part in finding["loc"]]
    key, section = place[-1], ".".join(place[:-1]) or "the top level"
    if finding["type"] == "extra_forbidden":
        known = _keys(kind, place[:-1])
        near = get_close_matches(key, known, n=1, cutoff=0.4)
        return CorollaryError(
            f"unknown key {key!r} in {section} of the recipe {name}",
            because=f"the keys there are {', '.join(known)}",
            remedy=f"{near[0]}" if near else "leave it out",
        )
    return CorollaryError(
        f"{'.'.join(place)} in the recipe {name} is wrong",
        because=f"{finding['msg'].lower()}; it is {str(finding['input'])[:60]!r}",
        remedy="correct that key; examples/recipes holds whole recipes",
    )


def _keys(kind: type[BaseModel], place: list[str]) -> list[str]:
    """The keys of the section at `place`; the positions in lists do not count."""
    model: Any = kind
    for part in place:
        if part.isdigit():
            continue
        annotation = model.model_fields[part].annotation
        arms = [a for a in getattr(annotation, "__args__", ()) if isinstance(a, type)]
        models = [a for a in arms if issubclass(a, BaseModel)]
        model = models[0] if models else annotation
    return sorted(model.model_fields)
