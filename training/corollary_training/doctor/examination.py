"""One row examined: is what would be trained what the model reads and writes when it acts?

The row is rendered and tokenised as training does; before each assistant turn that is compared
with the prompt that the local chat model would build, and the turn is read back by the parser that
serves and rendered again. Guarantees that each fault is named with the message it is found in.
Changes nothing and trains nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corollary_agent.models.local.formats.segments import Parsed, read_segments
from corollary_tools.errors import CorollaryError
from corollary_training.doctor.faults import Fault, FaultKind, content_faults, schema_faults
from corollary_training.doctor.patient import Patient
from corollary_training.doctor.rows import Row
from corollary_training.render import Rendered, render_chain


@dataclass(frozen=True, slots=True)
class Examined:
    """A row, its tokens, which of them would be trained, and what is wrong with it."""

    row: Row
    rendered: Rendered
    faults: tuple[Fault, ...]

    @property
    def length(self) -> int:
        """How many tokens it has."""
        return len(self.rendered.ids)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One assistant turn: message number, where its tokens begin and end, what they read as."""

    number: int
    start: int
    end: int
    read: Parsed


def examine(patient: Patient, row: Row, served: Mapping[str, Any] | None) -> Examined:
    """Examine one row. served: the schemas of the tools by name; None compares no schemas."""
    faults = [*content_faults(patient, row), *schema_faults(patient, row, served)]
    messages = (*row.prompt, *row.completion)
    try:
        rendered = _narrowed(patient, row, render_chain(patient.tokenizer, messages, row.tools))
        turns = list(_turns(patient, row, rendered))
    except CorollaryError as error:
        kind: FaultKind = "untrained" if not _speaks(row) else "template"
        return _failed(row, [*faults, Fault(kind, f"{error.what}: {error.because}")])
    except Exception as error:  # noqa: BLE001 - a template is data and fails as it likes
        told = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return _failed(row, [*faults, Fault("template", f"the chat template refuses it: {told}")])
    faults += _mask_faults(patient, rendered, turns)
    for turn in turns:
        faults += _turn_faults(patient, row, rendered, turn)
    readable = row.liked or not any(turn.read.invalid for turn in turns)
    if readable and not any(fault.kind in ("dropped_call", "changed") for fault in faults):
        faults += _again(patient, row, rendered, turns)
    if patient.context and len(rendered.ids) > patient.context:
        told = f"it has {len(rendered.ids)} tokens and the model reads {patient.context}"
        faults.append(Fault("too_long", told))
    return Examined(row, rendered, tuple(faults))


def _failed(row: Row, faults: list[Fault]) -> Examined:
    return Examined(row, Rendered((), ()), tuple(faults))


def _speaks(row: Row) -> bool:
    return any(message.get("role") == "assistant" for message in row.completion)


def _narrowed(patient: Patient, row: Row, rendered: Rendered) -> Rendered:
    """With nothing of the prompt in the mask: only the completion is trained."""
    if not row.prompt:
        return rendered
    if not _speaks(row):
        raise CorollaryError(
            "its completion trains nothing",
            because="the model wrote none of it",
            remedy="leave it out",
        )
    start = len(patient.prompt(row.prompt, row.tools))
    return Rendered(rendered.ids, (0,) * start + rendered.mask[start:])


def _turns(patient: Patient, row: Row, rendered: Rendered) -> Iterator[_Turn]:
    """The assistant turns of the completion, as the tokens of the whole row have them."""
    messages = (*row.prompt, *row.completion)
    for number in range(len(row.prompt), len(messages)):
        if messages[number].get("role") == "assistant":
            start = len(patient.prompt(messages[:number], row.tools))
            end = patient.length(messages[: number + 1], row.tools)
            text = patient.written(rendered.ids[start:end])
            thinking = patient.opens_thoughts(messages[:number], row.tools)
            form = patient.form.speaking(row.tools)
            read = read_segments(form.segments(text, thinking=thinking))
            yield _Turn(number, start, end, read)


def _mask_faults(patient: Patient, rendered: Rendered, turns: list[_Turn]) -> Iterator[Fault]:
    """Trained tokens outside of every turn; turns without a trained token."""
    inside = {place for turn in turns for place in range(turn.start, turn.end)}
    stray = [i for i, m in enumerate(rendered.mask) if m and i not in inside]
    if stray:
        text = patient.tokenizer.decode([rendered.ids[i] for i in stray[:12]])
        told = f"{len(stray)} trained tokens were not written by the model, such as {text!r}"
        yield Fault("tool_token", told)
    if not any(rendered.mask):
        yield Fault("untrained", "no token of it is trained")


def _turn_faults(patient: Patient, row: Row, rendered: Rendered, turn: _Turn) -> Iterator[Fault]:
    message = (*row.prompt, *row.completion)[turn.number]
    acting = patient.prompt((*row.prompt, *row.completion)[: turn.number], row.tools)
    trained = rendered.mask[turn.start : turn.end]
    if acting != rendered.ids[: turn.start]:
        yield Fault("acting", _difference(patient, acting, rendered.ids, turn.number))
        return
    if not any(trained):
        yield Fault("untrained", f"message {turn.number} has no trained token")
        return
    ids = rendered.ids[turn.start : turn.end]
    if not any(m and i in patient.stops for i, m in zip(ids, trained, strict=True)):
        yield Fault("endless", f"the end of message {turn.number} is not trained: it would go on")
    if row.liked or message.get("tool_calls"):
        yield from _read_faults(message, turn)


def _read_faults(message: Mapping[str, Any], turn: _Turn) -> Iterator[Fault]:
    """What the parser that serves reads differently."""
    wanted = [(c["function"]["name"], c["function"]["arguments"]) for c in _calls(message)]
    found = [(call["name"], call["args"]) for call in turn.read.calls]
    where = f"message {turn.number}"
    if turn.read.invalid:
        yield Fault(
            "dropped_call", f"{where}: a call cannot be read: {turn.read.invalid[0]['error']}"
        )
    elif len(found) < len(wanted):
        yield Fault(
            "dropped_call", f"{where} has {len(wanted)} calls and {len(found)} are read back"
        )
    elif _exact(found) != _exact(wanted):
        yield Fault("changed", f"{where}: {wanted} is read back as {found}"[:300])
    said = (message.get("content") or "").strip()
    if turn.read.content != said:
        yield Fault("changed", f"{where}: {said[:80]!r} is read back as {turn.read.content[:80]!r}")


def _again(patient: Patient, row: Row, rendered: Rendered, turns: list[_Turn]) -> Iterator[Fault]:
    """Render what was read: the same tokens must come."""
    messages = [*row.prompt, *row.completion]
    for turn in turns:
        messages[turn.number] = _reread(messages[turn.number], turn.read)
    if render_chain(patient.tokenizer, messages, row.tools).ids != rendered.ids:
        yield Fault("changed", "rendered, read and rendered again it has other tokens")


def _reread(message: dict[str, Any], read: Parsed) -> dict[str, Any]:
    calls = [
        {**old, "function": {"name": new["name"], "arguments": new["args"]}}
        for old, new in zip(_calls(message), read.calls, strict=True)
    ]
    content = read.content if message.get("content") else message.get("content")
    fresh = {**message, "content": content}
    return fresh | {"tool_calls": calls} if calls else fresh


def _calls(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(message.get("tool_calls") or ())


def _exact(calls: object) -> str:
    """Calls with the order of their keys and the kinds of their numbers."""
    return repr(calls)


def _difference(
    patient: Patient, acting: tuple[int, ...], trained: tuple[int, ...], number: int
) -> str:
    place = next(
        (i for i, (a, b) in enumerate(zip(acting, trained, strict=False)) if a != b), len(trained)
    )
    parts = [patient.tokenizer.decode(ids[place : place + 12]) for ids in (acting, trained)]
    return (
        f"before message {number} the model would read other tokens than are trained, from token"
        f" {place}: {parts[0]!r} and {parts[1]!r}"
    )
