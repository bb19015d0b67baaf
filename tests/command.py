"""Running the command in this process, as a person would type it."""

from __future__ import annotations

import tempfile

from click.testing import CliRunner, Result

from corollary_cli.main import cli

_CLEAN = {
    "COROLLARY_MODEL": None,
    "COROLLARY_DATA": None,
    "COROLLARY_DEBUG": None,
    "NO_COLOR": None,
    "FORCE_COLOR": None,
    "CI": None,
}


def run(*words: str, stdin: str = "", charset: str = "utf-8", **environment: str) -> Result:
    """Run `corollary WORDS` with a state folder of its own; stdout and stderr stand apart."""
    with tempfile.TemporaryDirectory() as state:
        variables = {**_CLEAN, "XDG_STATE_HOME": state, **environment}
        return CliRunner(charset=charset).invoke(cli, list(words), input=stdin, env=variables)


def assert_told(result: Result, code: int, *words: str) -> None:
    """The failure is three short lines on stderr, with these words, and nothing on stdout."""
    assert result.exit_code == code, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    starts = [line.split()[0] for line in lines[-3:]]
    assert starts == ["error:", "because", "try:"], result.stderr
    for word in words:
        assert word in result.stderr
