"""Problems from reasoning-gym, where the extra is installed, and the error where it is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from corollary_datagen.sources import load_problems, validate
from corollary_datagen.sources.gym import GYM_FAMILIES
from corollary_tools.toolkit import Toolkit

# These two build their problems with sympy, which takes its time.
SLOW = {"simple_equations", "polynomial_multiplication"}
QUICK = [family for family in GYM_FAMILIES if family not in SLOW]


@pytest.mark.parametrize("family", QUICK)
def test_a_familys_answers_are_accepted(family: str, toolkit: Toolkit) -> None:
    pytest.importorskip("reasoning_gym", reason="the extra `gym` is not installed")
    problems = load_problems(f"gym:{family}", limit=12)
    assert len(problems) == 12
    assert load_problems(f"gym:{family}", limit=4) == problems[:4]
    assert validate(problems, toolkit.workers) == []
    assert {problem.domain for problem in problems} == {GYM_FAMILIES[family][0]}


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(SLOW))
def test_a_slow_familys_answers_are_accepted(family: str, toolkit: Toolkit) -> None:
    pytest.importorskip("reasoning_gym", reason="the extra `gym` is not installed")
    assert validate(load_problems(f"gym:{family}", limit=12), toolkit.workers) == []


def test_splits_share_no_problem() -> None:
    pytest.importorskip("reasoning_gym", reason="the extra `gym` is not installed")
    train, test = (load_problems("gym:gcd,lcm", split=s, limit=20) for s in ("train", "test"))
    assert not {p.family for p in train} & {p.family for p in test}
    assert {p.source for p in train} == {"gym:gcd", "gym:lcm"}


def test_without_the_extra_the_error_says_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['reasoning_gym'] = None\n"
        "from corollary_datagen.sources import load_problems\n"
        "try: load_problems('gym:gcd', limit=1)\n"
        "except Exception as error: print(type(error).__name__, error.exit_code, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True
    )
    assert done.stdout.startswith("CorollaryError 3 no problems from reasoning-gym")
    assert "pip install 'corollary[gym]'" in done.stdout
