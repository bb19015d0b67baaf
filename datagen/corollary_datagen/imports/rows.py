"""Rows of a JSON, JSON Lines or concatenated-JSON file, one at a time.

Guarantees bounded memory (one row, at most LONGEST bytes) and that a broken line costs that line
only. A broken element of a list ends the list, because nothing tells where the next one begins.
Does not interpret a row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from corollary_agent.replies import clean
from corollary_datagen.imports.recorded import Recorded, Refused, Unreadable
from corollary_datagen.sources.row import shown
from corollary_tools.errors import CorollaryError

LONGEST = 64 * 1024 * 1024
_CHUNK = 1 << 16
_BROKEN = "the row is not JSON"
_KINDS = {"str": "a text", "list": "a list", "dict": "an object"}


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a file. number: its line, or its place in a list; from 1."""

    values: dict[str, Any]
    path: Path
    number: int

    @property
    def place(self) -> str:
        """FILE:ROW, as messages name it."""
        return f"{self.path}:{self.number}"

    def get(self, field: str, kind: type | tuple[type, ...]) -> Any:
        """A field that must be there and of this kind. Raises Unreadable, which names it."""
        if field not in self.values:
            raise Unreadable(f'field "{field}" is missing')
        if not isinstance(self.values[field], kind):
            found = shown(self.values[field])
            raise Unreadable(f'field "{field}" is not {_kind(kind)}', f"it is {found}")
        return self.values[field]

    def first(self, *fields: str) -> str:
        """The first of these fields that holds a text or a number, as text; "" without one."""
        found = (self.values.get(field) for field in fields)
        texts = (str(v) for v in found if isinstance(v, str | int | float) and not _is_truth(v))
        return next((text.strip() for text in texts if text.strip()), "")


ReadRow = Callable[[Row], Iterable[Recorded | Refused]]


def read_each(path: Path, read: ReadRow) -> Iterator[Recorded | Refused]:
    """What `read` finds in each row of a file; a row it cannot read is a Refused with its place."""
    for row in read_rows(path):
        if isinstance(row, Refused):
            yield row
            continue
        try:
            yield from read(row)
        except Unreadable as error:
            yield Refused(row.place, error.reason, error.detail)
        except RecursionError:
            yield Refused(row.place, "the row is nested too deeply")
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            yield Refused(row.place, "the row cannot be read", f"{type(error).__name__}: {error}")


def read_rows(path: Path) -> Iterator[Row | Refused]:
    """The objects of a file, and a Refused for each that is none. Raises CorollaryError."""
    try:
        with path.open("rb") as file:
            for number, found in _values(file, path):
                yield _row(found, path, number)
    except OSError as error:
        raise CorollaryError(
            f"cannot read {path}",
            because=error.strerror or str(error),
            remedy="a file of recorded outputs, or a folder of them",
        ) from error


def _row(found: Any, path: Path, number: int) -> Row | Refused:
    if isinstance(found, Refused):
        return found
    if isinstance(found, dict):
        return Row(found, path, number)
    return Refused(f"{path}:{number}", "the row is not an object", f"it is {shown(found)}")


def _values(file: IO[bytes], path: Path) -> Iterator[tuple[int, Any]]:
    """(number, value or Refused) of each line, of each element of a list, or of one document."""
    start = _opening(file)
    if start == b"[":
        yield from _elements(file, path)
        return
    position = file.tell()
    first = file.readline(LONGEST)
    file.seek(position)
    if start == b"{" and not _is_json(first) and (whole := _document(file, position)):
        yield 1, whole
        return
    yield from _lines(file, path)


def _opening(file: IO[bytes]) -> bytes:
    """The first byte that is not blank; the file stands before it. A byte order mark is passed."""
    if file.read(3) != b"\xef\xbb\xbf":
        file.seek(0)
    while (sign := file.read(1)) and sign.isspace():
        pass
    if sign:
        file.seek(-1, 1)
    return sign


def _lines(file: IO[bytes], path: Path) -> Iterator[tuple[int, Any]]:
    number = _line_of(file)
    while line := file.readline(LONGEST):
        if len(line) == LONGEST and not line.endswith(b"\n"):
            yield number, Refused(f"{path}:{number}", "the row is too long")
            while line and not line.endswith(b"\n"):
                line = file.readline(_CHUNK)
        elif line.strip():
            yield number, _decoded(line, f"{path}:{number}")
        number += 1


def _line_of(file: IO[bytes]) -> int:
    """The number of the line that the file stands in; only blank lines can be before it."""
    position = file.tell()
    file.seek(0)
    number = 1 + file.read(position).count(b"\n")
    file.seek(position)
    return number


def _decoded(line: bytes, place: str) -> Any:
    try:
        text = line.decode().rstrip()
        return _storable(json.loads(text), text)
    except UnicodeDecodeError as error:
        return Refused(place, "the row is not UTF-8", f"byte {error.start}")
    except json.JSONDecodeError as error:
        return Refused(place, _BROKEN, f"{error.msg} at character {error.pos + 1}")
    except ValueError as error:  # A number with too many digits.
        return Refused(place, _BROKEN, str(error).split(";")[0])
    except RecursionError:
        return Refused(place, "the row is nested too deeply")


def _storable(value: Any, text: str) -> Any:
    """The value of a JSON text, with what no file can store (half of a sign) replaced."""
    if "\\ud" not in text and "\\uD" not in text:
        return value
    return json.loads(clean(json.dumps(value, ensure_ascii=False)))


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _document(file: IO[bytes], position: int) -> Any:
    """The whole rest as one object; None where it is none or too long."""
    text = file.read(LONGEST)
    file.seek(position)
    found = _decoded(text, "") if len(text) < LONGEST else None
    return None if isinstance(found, Refused) else found


def _elements(file: IO[bytes], path: Path) -> Iterator[tuple[int, Any]]:
    """The elements of a list, read a piece at a time."""
    list_ = _List(file)
    number = 1
    while True:
        try:
            if not list_.has_more():
                return
            value = list_.next()
        except UnicodeDecodeError as error:
            yield number, Refused(f"{path}:{number}", "the row is not UTF-8", error.reason)
            return
        except (ValueError, RecursionError) as error:
            yield number, Refused(f"{path}:{number}", f"{_BROKEN}; the rest is lost", str(error))
            return
        yield number, value
        number += 1


class _List:
    """A list under way: the text that was read and not used yet."""

    def __init__(self, file: IO[bytes]) -> None:
        import codecs

        self._file = codecs.getreader("utf-8")(file)
        self._decode = json.JSONDecoder().raw_decode
        self._text = ""
        self._fill(1)
        self._text = self._text[1:]

    def has_more(self) -> bool:
        """Go past blanks and one comma; False at the closing bracket."""
        self._strip()
        if self._text.startswith(","):
            self._text = self._text[1:]
            self._strip()
        if not self._text:
            raise ValueError("the list is not closed")
        return not self._text.startswith("]")

    def next(self) -> Any:
        """The next element. Raises ValueError where it is broken or longer than LONGEST."""
        size = _CHUNK
        while True:
            try:
                value, end = self._decode(self._text)
                if end < len(self._text) or not self._fill(size):
                    used, self._text = self._text[:end], self._text[end:]
                    return _storable(value, used)
            except json.JSONDecodeError:
                if len(self._text) > LONGEST or not self._fill(size):
                    raise
            size *= 2

    def _strip(self) -> None:
        self._text = self._text.lstrip()
        while not self._text and self._fill(_CHUNK):
            self._text = self._text.lstrip()

    def _fill(self, size: int) -> bool:
        """Read on; False at the end of the file."""
        more: str = self._file.read(size)
        self._text += more
        return bool(more)


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _kind(kind: type | tuple[type, ...]) -> str:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return " or ".join(_KINDS.get(one.__name__, one.__name__) for one in kinds)
