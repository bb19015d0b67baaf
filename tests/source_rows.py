"""Rows of the published formats, written for the tests, and how to lay them out as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GSM8K = {
    "question": "Tim packs 12 boxes with 4 jars each and breaks 8 jars. How many are whole?",
    "answer": "He packs 12*4 = <<12*4=48>>48 jars.\nThen 48-8 = <<48-8=40>>40 are whole.\n#### 40",
}
PROOFWRITER = {
    "id": "ProofWriter_RelNeg-OWA-D5-1_Q2",
    "context": "The owl is wet. Tim does not see the bald eagle. If something is wet then it is "
    "sad.",
    "question": "Based on the above information, is the following statement true, false, or "
    "unknown? The owl is not sad.",
    "options": ["A) True", "B) False", "C) Unknown"],
    "answer": "B",
}
PRONTOQA = {
    "id": "ProntoQA_1",
    "context": "Every zorpus is loud. Zorpuses are wimpuses. Kim is a zorpus.",
    "question": "Is the following statement true or false? Kim is not loud.",
    "options": ["A) True", "B) False"],
    "answer": "B",
}
LOGICAL_DEDUCTION = {
    "id": "logical_deduction_0",
    "context": "The following paragraphs each describe a set of three objects arranged in a fixed "
    "order. The statements are logically consistent within each paragraph.\n\nOn a wall, there are "
    "three cats: a red cat, a grey cat, and a black cat. The red cat is the leftmost. The grey cat "
    "is to the right of the black cat.",
    "question": "Which of the following is true?",
    "options": [
        "A) The red cat is the second from the left.",
        "B) The grey cat is the second from the left.",
        "C) The black cat is the second from the left.",
    ],
    "answer": "C",
}
AR_LSAT = {
    "id": "ar_lsat_300001_1-G_1_1",
    "context": "Four singers\u2014J, K, L, and M\u2014sing one after another. K sings before L. "
    "Dr. Fox listens. M sings third.",
    "question": "Which one of the following could be first?",
    "options": ["A) L", "B) M", "C) K", "D) nobody", "E) Dr. Fox"],
    "answer": "C",
}
FOLIO = {
    "story_id": 7,
    "example_id": 31,
    "premises": ["All poets read.", "Ann is a poet. "],
    "premises-FOL": ["\u2200x (Poet(x) \u2192 Read(x))", "Poet(ann)"],
    "conclusion": "Ann reads.",
    "conclusion-FOL": "Read(ann)",
    "label": "True",
}
KNIGHTS = {
    "quiz": "A very special island is inhabited only by knights and knaves. Knights always tell "
    "the truth, and knaves always lie. You meet 3 inhabitants: Ann, Bo, and Cy. Ann said, "
    '"If Bo is a knight then Cy is a knave." "Cy is a knave," Bo declared. "Bo is not a knave" '
    "- Cy. So who is a knight and who is a knave?",
    "names": ["Ann", "Bo", "Cy"],
    "solution": [True, False, False],
    "statements": "(('->', ('telling-truth', 1), ('lying', 2)), ('lying', 2), "
    "('not', ('lying', 1)))",
}
SVAMP = {
    "ID": "chal-1",
    "Body": "A jar holds 30 nuts. If 12 of them are eaten",
    "Question": "How many nuts are left?",
    "Equation": "( 30.0 - 12.0 )",
    "Answer": 18.0,
    "Type": "Subtraction",
}
ALG514 = {
    "id": 5,
    "original_text": "The sum of two numbers is 9 . Their difference is 4 . Find the numbers .",
    "equation": "m+n=9.0 ; m-n=4.0",
    "ans": [6.5, 2.5],
}
DRAW = {
    "id": 6,
    "original_text": "Seven times a number is 15 . What is it ?",
    "equation": "7.0*m=15.0",
    "ans": [2.14285714286],
}
MAWPS = {
    "iIndex": 7,
    "sQuestion": " Sue had 2 1/2 pies and ate 1/3 of a pie. How much is left? ",
    "lEquations": ["2.5-0.3333333333333333"],
    "lSolutions": ["2.1666666666666665"],
}
SATLM = {"id": "train-5", "question": "Twice a number is 2,400. What is it?", "label": "1,200"}

ROWS: dict[str, dict[str, Any]] = {
    "gsm8k": GSM8K,
    "proofwriter": PROOFWRITER,
    "prontoqa": PRONTOQA,
    "logical_deduction": LOGICAL_DEDUCTION,
    "ar_lsat": AR_LSAT,
    "folio": FOLIO,
    "knights_knaves": KNIGHTS,
    "svamp": SVAMP,
    "equations": ALG514,
    "satlm": SATLM,
}


def write_rows(data: Path, source: str, rows: list[Any], name: str = "train.json") -> Path:
    """Write rows to `data`/`source`/`name`, as a list or as lines by the name's ending."""
    path = data / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = name.endswith("l")
    text = "\n".join(map(json.dumps, rows)) + "\n" if lines else json.dumps(rows)
    path.write_text(text, encoding="utf-8")
    return path
