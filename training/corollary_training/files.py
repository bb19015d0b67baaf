"""Records on disk: one JSON file a record.

Guarantees that a file is replaced whole or left as it was, and that a file which cannot be read
is named with the field at fault. Does not know which records there are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from corollary_tools.errors import CorollaryError

Record = TypeVar("Record", bound=BaseModel)


def save_record(record: BaseModel, path: Path) -> None:
    """Write `record` to `path` as JSON, through a neighbour file that takes its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def load_record(kind: type[Record], path: Path) -> Record:
    """Read a `kind` from `path`. Raises CorollaryError where it is missing or does not fit."""
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CorollaryError(
            f"{path} could not be read",
            because=str(error.strerror),
            remedy="give the path of a file written by corollary",
        ) from error
    except ValidationError as error:
        raise CorollaryError(
            f"{path} does not hold a record of kind {kind.__name__}",
            because=_first_fault(error),
            remedy="write it again with the command that made it",
        ) from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in fault["loc"])
    return f"{field}: {fault['msg']}" if field else fault["msg"]
