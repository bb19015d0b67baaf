"""The body of POST /v1/chat/completions, read and checked.

Guarantees that what is wrong is named by its parameter, that an option which would change the
answer and is not known here is refused, and that options without any effect on it are passed over.
Does not know what a model can do (`asking` does).
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from corollary_agent.serving.errors import ApiError, wrong

CHOICES = 16
STOPS = 16
"""The most choices, and texts that end one, of one request."""
_WITHOUT_EFFECT = (
    "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
    "prompt_cache_retention",
)  # fmt: skip
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "presence_penalty": (0, None),
    "frequency_penalty": (0, None),
    "logit_bias": ({}, None),
    "modalities": (["text"], None),
    "reasoning_effort": (None,),
    "verbosity": (None,),
}
Row = dict[str, Any]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Function(_Record):
    """A function that the model may call; parameters: its JSON Schema."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None

    @field_validator("parameters")
    @classmethod
    def _check(cls, schema: dict[str, Any] | None) -> dict[str, Any] | None:
        rows = (schema or {}).get("properties", {})
        if (schema or {}).get("type", "object") != "object" or not isinstance(rows, dict):
            raise ValueError("it is no JSON Schema of an object")
        if not all(isinstance(row, dict | bool) for row in rows.values()):
            raise ValueError("its properties are no JSON Schemas")
        return schema


class Tool(_Record):
    """One tool; functions are the only kind."""

    type: Literal["function"]
    function: Function

    @property
    def row(self) -> Row:
        """The tool as it is shown to a model: nothing added, in the one order of keys."""
        shown = {"description": self.function.description, "parameters": self.function.parameters}
        given = {key: value for key, value in shown.items() if value is not None}
        return {"type": "function", "function": {"name": self.function.name, **given}}


class _Named(_Record):
    name: str


class NamedTool(_Record):
    """tool_choice: this one."""

    type: Literal["function"]
    function: _Named


class StreamOptions(_Record):
    """What a stream tells besides."""

    include_usage: bool = False
    include_obfuscation: bool = False


class JsonSchema(_Record):
    """The schema that an answer is to follow."""

    name: str
    description: str | None = None
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    strict: bool | None = None


class ResponseFormat(_Record):
    """text, json_object, or json_schema with its schema."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None

    @model_validator(mode="after")
    def _check(self) -> ResponseFormat:
        if (self.type == "json_schema") != (self.json_schema is not None):
            raise ValueError("json_schema goes with the type 'json_schema' and with no other")
        return self


class ChatRequest(_Record):
    """One request. Sampling options that are not given are the model's own."""

    model: str
    messages: Annotated[list[Row], Field(min_length=1)]
    tools: list[Tool] = []
    tool_choice: Literal["none", "auto", "required"] | NamedTool | None = None
    parallel_tool_calls: bool | None = None
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()
    n: Annotated[int, Field(ge=1, le=CHOICES)] = 1
    logprobs: bool = False
    top_logprobs: Annotated[int, Field(ge=0, le=20)] = 0
    stop: Annotated[list[Annotated[str, Field(min_length=1)]], Field(max_length=STOPS)] = []
    seed: Annotated[int | None, Field(ge=-(2**63), lt=2**63)] = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    top_p: Annotated[float | None, Field(gt=0, le=1)] = None
    max_tokens: Annotated[int | None, Field(ge=1)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1)] = None
    response_format: ResponseFormat | None = None

    @property
    def limit(self) -> int | None:
        """The most tokens of one choice."""
        return self.max_completion_tokens or self.max_tokens


def read_request(body: bytes) -> ChatRequest:
    """Return the request in `body`. Raises ApiError (400) that names the parameter."""
    try:
        row = json.loads(body)
        json.dumps(row, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"the body is not JSON: {str(error)[:200]}", code="not_json") from None
    if not isinstance(row, dict):
        raise ApiError(400, "the body is not a JSON object", code="not_json")
    try:
        return _checked(ChatRequest.model_validate(_plain(row)))
    except ValidationError as error:
        raise _told(error) from None


def _plain(row: Row) -> Row:
    """Without nulls and what has no effect; a single stop text as a list."""
    for name, neutral in _NEUTRAL.items():
        if name in row and row[name] not in neutral:
            raise wrong(name, f"{name} is not supported here", "unsupported_parameter")
    passed = (*_WITHOUT_EFFECT, *_NEUTRAL)
    kept = {key: value for key, value in row.items() if value is not None and key not in passed}
    if isinstance(kept.get("stop"), str):
        kept["stop"] = [kept["stop"]]
    return kept


def _checked(request: ChatRequest) -> ChatRequest:
    names = [tool.function.name for tool in request.tools]
    if len(set(names)) < len(names):
        raise wrong("tools", "two tools have the same name")
    choice = request.tool_choice
    if isinstance(choice, NamedTool) and choice.function.name not in names:
        raise wrong("tool_choice", f"tool_choice names {choice.function.name!r}, which is no tool")
    if choice == "required" and not names:
        raise wrong("tool_choice", "tool_choice is 'required' and there are no tools")
    if request.top_logprobs and not request.logprobs:
        raise wrong("top_logprobs", "top_logprobs needs logprobs: true")
    return request


def _told(error: ValidationError) -> ApiError:
    """The first thing that pydantic found, by the name of its parameter."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = [part for part in first["loc"] if not str(part).startswith(("literal[", "NamedTool"))]
    param = ""
    for part in place:
        param += f"[{part}]" if isinstance(part, int) else f"{'.' if param else ''}{part}"
    if first["type"] == "extra_forbidden":
        said = f"{param} is not a parameter that is known here"
        return wrong(param, said, "unknown_parameter")
    return wrong(param, f"{param}: {first['msg'].removeprefix('Value error, ')}")
