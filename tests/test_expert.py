"""The expert's model: places in a chain, seeded mistakes, and what it says of itself."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from corollary_agent.models.expert import ExpertChatModel
from corollary_agent.models.expert.mistakes import KINDS
from corollary_agent.problem import Problem

THEORY = Problem(
    id="t1",
    source="test",
    split="test",
    family="t",
    domain="logic",
    statements=("The cow is blue.", "If something is blue and cold then it sees the dog."),
    question="Is the following statement true, false, or unknown? The cow is not young.",
    asks="truth",
)
RULE = "forall x. blue(x) & cold(x) -> sees(x, dog)"
STORY = Problem(
    id="s1",
    source="test",
    split="test",
    family="s",
    domain="math",
    question="Natalia sold clips to 48 friends, and then half as many. How many?",
    asks="number",
    meta={"chain": ["48/2=24", "48+24=72"]},
)


def say(model: ExpertChatModel, problem: Problem, messages: list[BaseMessage]) -> AIMessage:
    return model.invoke(messages, problem=problem, seed=0)


def answer(message: AIMessage, text: str, status: str = "success") -> list[BaseMessage]:
    call = message.tool_calls[0]
    return [message, ToolMessage(text, tool_call_id=call["id"], status=status)]


def made(name: str, arguments: dict[str, object], result: str) -> list[BaseMessage]:
    call_id = f"other_{name}_{arguments.get('n')}"
    call = {"name": name, "args": arguments, "id": call_id}
    return [AIMessage("", tool_calls=[call]), ToolMessage(result, tool_call_id=call_id)]


def test_a_theory_is_read_statement_by_statement() -> None:
    model, messages = ExpertChatModel(), [HumanMessage("1. The cow is blue.")]
    calls = []
    for result in ("2. If ...", "Question: ...", "False (from 1)"):
        message = say(model, THEORY, messages)
        calls.append((message.tool_calls[0]["name"], message.tool_calls[0]["args"]))
        messages += answer(message, result)
    assert calls == [
        ("premise", {"n": 1, "formula": "blue(cow)"}),
        ("premise", {"n": 2, "formula": RULE}),
        ("prove", {"conclusion": "~young(cow)"}),
    ]
    assert say(model, THEORY, messages).content == "False"


def test_a_result_that_came_out_otherwise_is_carried_on() -> None:
    model, messages = ExpertChatModel(), [HumanMessage(STORY.question)]
    messages += answer(say(model, STORY, messages), "25")
    message = say(model, STORY, messages)
    assert message.tool_calls[0]["args"] == {"expression": "48+25"}
    messages += answer(message, "73")
    assert say(model, STORY, messages).content == "73"


def test_a_refused_right_call_ends_without_a_guess() -> None:
    model, messages = ExpertChatModel(), [HumanMessage(STORY.question)]
    messages += answer(say(model, STORY, messages), "There is no tool calculate.", "error")
    assert say(model, STORY, messages).content.startswith("I cannot go on")


def test_a_chain_can_be_taken_over_from_another_model() -> None:
    model, messages = ExpertChatModel(), [HumanMessage("1. The cow is blue.")]
    messages += made("premise", {"n": 1, "formula": "~blue(cow)"}, "2. If ...")
    messages += made("premise", {"n": 2, "formula": RULE}, "Question: ...")
    messages += made("prove", {"conclusion": "~young(cow)"}, "Unknown (...)")
    message = say(model, THEORY, messages)
    assert message.tool_calls[0]["args"] == {"n": 1, "formula": "blue(cow)"}
    messages += answer(message, "2. If ...")
    message = say(model, THEORY, messages)
    assert message.tool_calls[0]["name"] == "prove"
    messages += answer(message, "False (from 1)")
    assert say(model, THEORY, messages).content == "False"


def test_without_a_problem_it_reads_the_message() -> None:
    message = ExpertChatModel().invoke([HumanMessage("Solve 3x + 5 = 20.")])
    assert message.tool_calls[0]["args"] == {"equations": ["3*x + 5 = 20"], "unknowns": []}


def test_a_statement_it_cannot_read_is_named() -> None:
    problem = THEORY.model_copy(update={"statements": ("Colourless ideas sleep furiously.",)})
    message = say(ExpertChatModel(), problem, [HumanMessage("1. ...")])
    assert not message.tool_calls
    assert message.content == "I cannot read statement 1: Colourless ideas sleep furiously."


def test_mistakes_are_seeded_and_of_named_kinds() -> None:
    start: list[BaseMessage] = [HumanMessage("1. The cow is blue.")]
    kinds = set()
    for seed in range(60):
        model = ExpertChatModel(error_rate=1.0, seed=seed)
        first, again = say(model, THEORY, start), say(model, THEORY, start)
        assert first.model_copy(update={"id": None}) == again.model_copy(update={"id": None})
        kinds.add(first.response_metadata["mistake"])
        assert first.tool_calls or first.invalid_tool_calls or first.content
    assert None not in kinds
    assert kinds <= set(KINDS)
    assert {"malformed_call", "unknown_tool", "premature_answer", "flipped_negation"} <= kinds


def test_a_failed_attempt_is_repaired() -> None:
    start: list[BaseMessage] = [HumanMessage("1. The cow is blue.")]
    for seed in range(40):
        model = ExpertChatModel(error_rate=1.0, seed=seed)
        first = say(model, THEORY, start)
        if first.invalid_tool_calls:
            repaired = say(model, THEORY, [*start, first, HumanMessage("Send one valid call.")])
            assert repaired.tool_calls[0]["args"] == {"n": 1, "formula": "blue(cow)"}
            assert repaired.response_metadata["mistake"] is None
            return
    raise AssertionError("no malformed call in 40 seeds")


def test_the_rate_is_the_share_of_chains_with_a_mistake() -> None:
    model, wrong = ExpertChatModel(error_rate=0.3), 0
    for number in range(400):
        problem = STORY.model_copy(update={"id": str(number)})
        messages: list[BaseMessage] = [HumanMessage(problem.question)]
        first = say(model, problem, messages)
        if first.response_metadata["mistake"] is None:
            messages += answer(first, "24")
            first = say(model, problem, messages)
        wrong += first.response_metadata["mistake"] is not None
    assert 90 <= wrong <= 150


def test_it_says_what_it_is() -> None:
    model = ExpertChatModel(error_rate=0.1)
    assert model.model_name == "expert (rule-based stand-in, error rate 0.1)"
    message = asyncio.run(model.ainvoke([HumanMessage("x")], problem=STORY))
    assert message.response_metadata["model_name"] == model.model_name
    assert message.usage_metadata is not None


def test_importing_it_imports_no_torch() -> None:
    code = "import sys, corollary_agent.models.expert; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
