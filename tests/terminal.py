"""The command in a terminal of its own, driven by keys."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path


class Terminal:
    """The command in a terminal of its own, 90 columns wide."""

    def __init__(self, *words: str, state: Path) -> None:
        self.control, theirs = pty.openpty()
        code = "from corollary_cli.main import main; main()"
        environment = {**os.environ, "XDG_STATE_HOME": str(state), "OPENAI_API_KEY": "none"}
        environment.update(
            {"COLUMNS": "90", "LINES": "40", "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),  # takes the terminal
        )
        os.close(theirs)
        self.text = ""

    def wait_for(self, word: str, seconds: float = 120) -> None:
        """Read until `word` has been printed since the last wait."""
        end = time.monotonic() + seconds
        while word not in self.text:
            assert time.monotonic() < end, f"no {word!r} in {self.text!r}"
            if select.select([self.control], [], [], 0.2)[0]:
                self.text += _plain(os.read(self.control, 65536).decode(errors="replace"))
        self.text = self.text.split(word, 1)[1]

    def type(self, keys: str) -> None:
        os.write(self.control, keys.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.control)


def _plain(text: str) -> str:
    """The text without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
