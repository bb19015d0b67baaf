"""Where the chat's lines come from: a prompt for a person, plain lines for anything else.

Guarantees that Ctrl-C at the prompt gives an empty line and a hint, that Ctrl-D ends, and that the
history holds problems only, no slash words. The history file is made when the first problem is
typed. Does not interpret a line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from corollary_cli.console import Output, is_terminal
from corollary_cli.places import history_file

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding import KeyBindings


def read_lines(output: Output, words: dict[str, str]) -> Iterator[str]:
    """Yield what is typed or piped. words: slash words with their help, for completion."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        yield from sys.stdin
        return
    prompt = _build_prompt(words)
    while True:
        try:
            yield prompt.prompt(f"{output.glyphs.prompt} ")
        except KeyboardInterrupt:
            output.note("  Ctrl-D or /quit to leave")
        except EOFError:
            return


def _build_prompt(words: dict[str, str]) -> PromptSession[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.output import create_output

    return PromptSession(
        history=_build_history(),
        completer=_build_completer(words),
        key_bindings=_build_keys(),
        complete_while_typing=True,
        output=create_output(sys.stderr),
    )


def _build_history() -> History:
    from prompt_toolkit.history import FileHistory

    class ProblemHistory(FileHistory):
        """Problems only; the folder is made when the first one is kept."""

        def append_string(self, string: str) -> None:
            if string.strip() and not string.lstrip().startswith("/"):
                super().append_string(string)

        def store_string(self, string: str) -> None:
            history_file().parent.mkdir(parents=True, exist_ok=True)
            super().store_string(string)

    return ProblemHistory(str(history_file()))


def _build_completer(words: dict[str, str]) -> Completer:
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

    class SlashCompleter(Completer):
        """Offers the slash words at the start of a line."""

        def get_completions(self, document: Document, _: CompleteEvent) -> Iterable[Completion]:
            typed = document.text_before_cursor
            if typed.startswith("/") and " " not in typed:
                for word, help in words.items():
                    if f"/{word}".startswith(typed):
                        yield Completion(f"/{word}", -len(typed), display_meta=help)

    return SlashCompleter()


def _build_keys() -> KeyBindings:
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
