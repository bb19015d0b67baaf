"""Where the chat's lines come from: a prompt for a person, plain lines for anything else.

Guarantees that Ctrl-C at the prompt clears the line, that twice Ctrl-C or Ctrl-D leaves, that a
line which ends in a backslash goes on in the next, and that the history holds problems only, no
slash words. The history file is made when the first problem is typed. Does not interpret a line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.console import is_terminal
from corollary_cli.places import history_file

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding import KeyBindings

    from corollary_cli.chat.session import Session


def is_interactive() -> bool:
    """Whether a person types: stdin and stderr are both a terminal."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def read_lines(session: Session, completer: Completer | None) -> Iterator[str]:
    """Yield what is typed or piped, each a problem, a slash word or nothing."""
    if completer is None:
        yield from joined_lines(sys.stdin)
        return
    kept, prompt, interrupted = None, None, False
    while True:
        path = history_path(session)
        if prompt is None or path != kept:
            kept, prompt = path, _build_prompt(completer, path)
        try:
            line = prompt.prompt(f"{session.output.glyphs.prompt} ")
        except KeyboardInterrupt:
            empty = not prompt.default_buffer.text
            if interrupted and empty:
                return
            interrupted = empty
            if empty:
                session.output.note("  Ctrl-C again or Ctrl-D leaves")
            continue
        except EOFError:
            return
        interrupted = False
        yield line


def joined_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines, those that end in a backslash together with the next."""
    begun = ""
    for line in lines:
        text = begun + line.rstrip("\r\n")
        if text.endswith("\\"):
            begun = text[:-1] + "\n"
            continue
        begun = ""
        yield text
    if begun:
        yield begun


def history_path(session: Session) -> Path:
    """Where the problems typed are kept: a named session has a history of its own."""
    folder = session.journal.folder
    return folder / "history" if folder is not None and session.named else history_file()


def _build_prompt(completer: Completer, history: Path) -> PromptSession[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.output import create_output

    return PromptSession(
        history=_build_history(history),
        completer=completer,
        key_bindings=_build_keys(),
        complete_while_typing=True,
        prompt_continuation="  ",
        output=create_output(sys.stderr),
    )


def _build_history(path: Path) -> History:
    from prompt_toolkit.history import FileHistory

    class ProblemHistory(FileHistory):
        """Problems only; the folder is made when the first one is kept."""

        def append_string(self, string: str) -> None:
            if string.strip() and not string.lstrip().startswith("/"):
                super().append_string(string)

        def store_string(self, string: str) -> None:
            with suppress(OSError):  # a history is not worth a failure
                path.parent.mkdir(parents=True, exist_ok=True)
                super().store_string(string)

    return ProblemHistory(str(path))


def _build_keys() -> KeyBindings:
    from prompt_toolkit.filters import is_searching
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("enter", filter=~is_searching)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    return keys
