"""Tools and toolkits: every example is true, every fault is text, one schema everywhere."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from langchain_core.messages import ToolMessage

from corollary_tools.desk import Desk
from corollary_tools.errors import CorollaryError
from corollary_tools.kits import KITS, UNIONS, kit_tools
from corollary_tools.tool import Example, SymbolicTool
from corollary_tools.toolkit import Toolkit, load_toolkit

TOOLS = kit_tools("all")
EXAMPLES = [
    pytest.param(tool, example, id=f"{tool.name}-{number}")
    for tool in TOOLS
    for number, example in enumerate(tool.examples)
]


@pytest.mark.parametrize(("tool", "example"), EXAMPLES)
def test_every_example_is_true(toolkit: Toolkit, tool: SymbolicTool, example: Example) -> None:
    outcome = toolkit.call(tool.name, example.arguments, example.desk)
    assert outcome.text == example.result


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_has_two_examples_and_described_arguments(tool: SymbolicTool) -> None:
    assert len(tool.examples) >= 2
    toolkit = Toolkit("one", (tool,), workers=None)  # type: ignore[arg-type]
    (schema,) = toolkit.schemas()
    properties = schema["function"]["parameters"]["properties"]
    assert all(row["type"] and row["description"] for row in properties.values())


def test_a_schema_has_one_key_order(toolkit: Toolkit) -> None:
    schema = toolkit.schemas()[0]
    assert list(schema) == ["type", "function"]
    assert list(schema["function"]) == ["name", "description", "parameters"]
    assert list(schema["function"]["parameters"]) == ["type", "properties", "required"]
    assert json.dumps(toolkit.schemas()) == json.dumps(load_toolkit("all").schemas())


def test_the_hash_says_what_a_model_is_shown() -> None:
    assert load_toolkit("math").hash == load_toolkit("+".join(UNIONS["math"])).hash
    assert load_toolkit("math").hash != load_toolkit("arithmetic").hash


@pytest.mark.parametrize("name", KITS)
def test_every_kit_loads_and_names_are_unique(name: str) -> None:
    names = [tool.name for tool in load_toolkit(name).tools]
    assert names
    assert len(names) == len(set(names))


def test_premise_appears_once_in_a_union() -> None:
    names = [tool.name for tool in load_toolkit("logic+constraints+logic").tools]
    assert names.count("premise") == 1


def test_an_unknown_toolkit_names_the_nearest() -> None:
    with pytest.raises(CorollaryError) as error:
        load_toolkit("algbra")
    assert error.value.remedy.startswith("algebra")


def test_faults_of_a_call_are_outcomes(toolkit: Toolkit) -> None:
    unknown = toolkit.call("calculat", {})
    missing = toolkit.call("calculate", {"expr": "1"})
    wrong = toolkit.call("solve", {"equations": "x = 1"})
    failed = toolkit.call("calculate", {"expression": "1/0"})
    assert [o.fault for o in (unknown, missing, wrong, failed)] == [
        "unknown_tool",
        "bad_arguments",
        "bad_arguments",
        "tool_error",
    ]
    assert "Did you mean calculate?" in unknown.text
    assert "there is no argument expr" in missing.text
    assert "equations: input should be a valid list" in wrong.text


def test_a_number_that_nothing_can_write_is_a_fault(toolkit: Toolkit) -> None:
    outcome = toolkit.call("premise", {"n": 10**5000, "formula": "p"})
    assert outcome.fault == "tool_error"
    assert "more than 4300 digits" in outcome.text


def test_a_fault_leaves_the_desk_as_it_was(toolkit: Toolkit) -> None:
    desk = Desk(statements=("The cow is blue.",), question="Is it?")
    assert toolkit.call("calculate", {"expression": "("}, desk).desk == desk
    assert toolkit.call("calculate", {"expression": "1"}, desk).desk == desk


def test_plain_langchain_use(toolkit: Toolkit) -> None:
    tool = next(tool for tool in toolkit.tools if tool.name == "calculate")
    assert tool.invoke({"expression": "6*7"}) == "42"
    assert tool.invoke({"expression": "1/0"}) == "Division by zero. Check the denominator."
    assert tool.invoke({"expr": "1"}).startswith("Bad arguments")
    call = {"name": "calculate", "args": {"expression": "2+2"}, "id": "1", "type": "tool_call"}
    message = tool.invoke(call)
    assert isinstance(message, ToolMessage)
    assert message.content == "4"


def test_a_tool_outside_a_toolkit_says_what_to_do() -> None:
    with pytest.raises(CorollaryError, match="outside a toolkit"):
        TOOLS[0].invoke({"expression": "1"})


def test_open_tools_share_and_advance_one_desk(toolkit: Toolkit) -> None:
    desk = Desk(statements=("The cow is blue.", "All blue things are round."), question="Round?")
    premise = next(tool for tool in toolkit.open(desk) if tool.name == "premise")
    assert premise.invoke({"n": 1, "formula": "blue(cow)"}) == "2. All blue things are round."
    second = {"n": 2, "formula": "forall x. blue(x) -> round(x)"}
    assert premise.invoke(second) == "Question: Round?"
    other = next(tool for tool in toolkit.open(desk) if tool.name == "premise")
    assert other.invoke({"n": 1, "formula": "blue(cow)"}) == "2. All blue things are round."


def test_open_tools_can_be_called_in_parallel(toolkit: Toolkit) -> None:
    tools = {tool.name: tool for tool in toolkit.open(Desk())}
    with ThreadPoolExecutor(6) as pool:
        calls = [
            pool.submit(tools["calculate"].invoke, {"expression": f"{n}^2"}) for n in range(40)
        ]
        assert [call.result() for call in calls] == [str(n**2) for n in range(40)]


def test_tools_work_in_coroutines(toolkit: Toolkit) -> None:
    tool = next(tool for tool in toolkit.tools if tool.name == "calculate")

    async def run() -> list[str]:
        return await asyncio.gather(*(tool.ainvoke({"expression": f"{n}*3"}) for n in range(20)))

    assert asyncio.run(run()) == [str(n * 3) for n in range(20)]
