"""Two LoRA adapters on one base: a planner chooses the tools, a solver uses them.

The base's weights are in memory once. The planner's adapter is trained here, on four lines; the
solver's is new, so it speaks as the base does.
"""

from tempfile import mkdtemp

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model, student_path
from corollary_agent.problem_text import read_problem
from corollary_agent.solve import solve
from corollary_tools.toolkit import load_toolkit

STARTER = str(student_path("starter"))
LESSONS = {
    "Bob is kind. Kind people are nice. Is Bob nice?": "logic",
    "The cow is cold. Is the following statement true, false, or unknown? It is blue.": "logic",
    "Solve x + 2 = 5.": "algebra",
    "Solve 3*y = 12.": "algebra",
}


def make_adapter(lessons: dict[str, str]) -> str:
    torch.manual_seed(0)
    words = AutoTokenizer.from_pretrained(STARTER)
    base = AutoModelForCausalLM.from_pretrained(STARTER, dtype="float32")
    model = get_peft_model(base, LoraConfig(r=8, target_modules="all-linear"))
    steps = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=5e-3)
    for question, answer in list(lessons.items()) * 12:
        rows = [{"role": "user", "content": question}]
        told = words.apply_chat_template(rows, tokenize=False, add_generation_prompt=True)
        prompt, reply = (words(t, add_special_tokens=False).input_ids for t in (told, answer))
        ids = torch.tensor([[*prompt, *reply, words.eos_token_id]])
        labels = torch.where(torch.arange(ids.shape[1]) < len(prompt), -100, ids)
        model(input_ids=ids, labels=labels).loss.backward()
        steps.step()
        steps.zero_grad()
    model.save_pretrained(folder := mkdtemp())
    return folder


base = load_model("starter")
planner, solver = (base.with_adapter(make_adapter(lessons)) for lessons in (LESSONS, {}))
text = (
    "Bob is kind. Bob is young. If someone is kind and young then they are nice. "
    "Is the following statement true, false, or unknown? Bob is nice."
)
plan = planner.invoke(text).content
with load_toolkit(plan) as toolkit:
    trace = solve(build_agent(solver, toolkit), read_problem(text))
print(f"tools: {plan}, answer: {trace.answer.value if trace.answer else trace.stop}")

# Output:
# tools: logic, answer: True
