"""Tool calls as text: `prove(conclusion="~young(tiger)", premises=[])`, read and written.

Guarantees that reading never evaluates: the text is parsed by `ast` and only literals (numbers,
texts, lists, dicts, true, false, null) are taken. parse(render(call)) = call. Does not know which
tools there are, except the names it is given to find a call among other words.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corollary_agent.trace import ToolCall

Signatures = Mapping[str, Sequence[str]]
ANSWER = "answer"
_LONGEST = 20_000
_CONSTANTS = {"true": True, "false": False, "null": None, "none": None}
_FENCE = re.compile(r"```[a-z_]*\n?|```")


class CallError(ValueError):
    """Text that is not one readable call. The message tells the model what to send instead."""


def render_text_call(name: str, arguments: Mapping[str, Any]) -> str:
    """Write a call in the form that the text prompt asks for."""
    inside = ", ".join(f"{key}={_written(value)}" for key, value in arguments.items())
    return f"{name}({inside})"


def parse_text_call(text: str, signatures: Signatures | None = None) -> ToolCall:
    """Read the one call in `text`; words and a code fence around it are passed over.

    signatures: the parameter names of each known tool, in order: needed to read positional
    arguments, and to tell a call among other words. Raises CallError where there is no call, more
    than one, or one that cannot be read.
    """
    if len(text) > _LONGEST:
        raise CallError(f"The message is longer than {_LONGEST} characters. Send one short call.")
    known = {**(signatures or {}), ANSWER: ("text",)}
    found = list(_candidates(_FENCE.sub("\n", text), known if signatures else None))
    if len(found) != 1:
        what = f"{len(found)} calls" if found else "no call"
        raise CallError(f'I found {what} in your message. Send exactly one, like answer("...").')
    return _read(found[0], known)


def has_text_call(text: str, names: Sequence[str]) -> bool:
    """Is `text` a call of one of `names`, written out as words instead of sent as a call?"""
    stripped = _FENCE.sub("", text).strip()
    opening = "|".join(re.escape(name) for name in names)
    as_json = re.match(rf'\{{\s*"(name|function)"\s*:\s*"({opening})"', stripped)
    return bool(as_json or re.match(rf"({opening})\s*\(.*\)$", stripped, re.DOTALL))


def plain_arguments(arguments: Mapping[Any, Any]) -> dict[str, Any]:
    """Return `arguments` if they are plain JSON values that can be stored; else raise CallError."""
    try:
        json.dumps(arguments, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise CallError(f"The arguments are not plain values ({error}).") from None
    return {str(key): value for key, value in arguments.items()}


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else _literal_text(value)


def _literal_text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_written(item) for item in value)}]"
    if isinstance(value, dict):
        rows = (f"{_written(str(key))}: {_written(item)}" for key, item in value.items())
        return f"{{{', '.join(rows)}}}"
    return repr(value)


def _candidates(text: str, names: Mapping[str, Sequence[str]] | None) -> Iterator[str]:
    """Yield each outermost `name(...)` in `text`, brackets balanced outside of quotes."""
    opening = "|".join(re.escape(name) for name in names) if names else r"[A-Za-z_]\w*"
    start = re.compile(rf"(?<![\w.])(?:{opening})\s*\(")
    position = 0
    while match := start.search(text, position):
        end = _closing(text, match.end())
        yield text[match.start() : end]
        position = end


def _closing(text: str, position: int) -> int:
    """The index after the bracket that closes the one before `position`, or the text's end."""
    depth, quote = 1, ""
    while position < len(text) and depth:
        sign = text[position]
        if quote:
            position += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        else:
            depth += (sign in "([{") - (sign in ")]}")
        position += 1
    return min(position, len(text))


def _read(text: str, known: Mapping[str, Sequence[str]]) -> ToolCall:
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = str(getattr(error, "msg", None) or type(error).__name__)[:80]
        raise CallError(f"I cannot read the call {text[:80]!r}: {reason}.") from None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise CallError(f"{text[:80]!r} is not a call like name(argument=value).")
    arguments = plain_arguments(_arguments(node, node.func.id, known))
    return ToolCall(id="call", name=node.func.id, arguments=arguments)


def _arguments(node: ast.Call, name: str, known: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    names = known.get(name, ())
    if len(node.args) > len(names):
        raise CallError(f"{name} takes named arguments: {name}(argument=value).")
    arguments = {key: _value(arg) for key, arg in zip(names, node.args, strict=False)}
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in arguments:
            raise CallError(f"An argument of {name} is given twice or has no name.")
        arguments[keyword.arg] = _value(keyword.value)
    return arguments


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value) if _plain(value):
            return value
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            return _signed(sign, _value(operand))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(_value(key)): _value(value) for key, value in pairs if key is not None}
        case ast.Name(id=word) if word.lower() in _CONSTANTS:
            return _CONSTANTS[word.lower()]
    raise CallError(f"{ast.unparse(node)[:60]!r} is not a plain value; put texts in quotes.")


def _signed(sign: ast.unaryop, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CallError("A sign stands before something that is not a number.")
    return -value if isinstance(sign, ast.USub) else value


def _plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)
