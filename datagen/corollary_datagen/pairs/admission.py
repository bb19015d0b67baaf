"""Which graded traces may stand in pairs and unpaired rows, under one prompt and one toolkit.

Guarantees that what is undecided is never used, and that a trace which cannot stand under the
prompt is left out with a reason: it calls tools that are not there (imported from elsewhere), or
it read a problem as a whole that the prompt hands over statement by statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from corollary_agent.prompt import PromptSettings
from corollary_datagen.chains.chain import message_calls
from corollary_datagen.imports.foreign import is_foreign
from corollary_datagen.pairs.settings import PairSettings
from corollary_datagen.verdict import Graded
from corollary_tools.toolkit import Toolkit

Skip = Callable[[str], None]


@dataclass(frozen=True)
class Admission:
    """The rules for one set of pairs. skip: told the reason for each trace that is left out."""

    settings: PairSettings
    toolkit: Toolkit
    skip: Skip

    def admits(self, row: Graded) -> bool:
        """Whether a trace takes part."""
        if row.verdict is None or row.verdict.judgement == "UNDECIDED":
            return False
        return self.fits(row)

    def fits(self, row: Graded) -> bool:
        """Whether a trace is of a wanted model and can stand under the prompt, whatever it says."""
        if self.settings.models and row.trace.model not in self.settings.models:
            return False
        reason = self._objection(row)
        if reason:
            self.skip(reason)
        return reason is None

    def _objection(self, row: Graded) -> str | None:
        calls = {name for message in row.trace.messages for name, _ in message_calls(message)}
        if is_foreign(row.trace):
            return "imported with results of tools that are not ours"
        if not calls <= self._names:
            return f"calls tools that toolkit {self.toolkit.name} does not have"
        if self.settings.prompt.reading == "desk" and not self._was_shown(row):
            return "read as a whole: the prompt of the pairs shows one statement at a time"
        return None

    def _was_shown(self, row: Graded) -> bool:
        """Whether a chain used nothing that it would not have been shown at the desk."""
        if not row.problem.statements or row.trace.prompt in self._desks:
            return True
        results = (m for m in row.trace.messages if m["role"] == "tool")
        return any(row.problem.question in str(message.get("content")) for message in results)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(tool.name for tool in self.toolkit.tools)

    @cached_property
    def _desks(self) -> frozenset[str]:
        """The hashes of all prompts that hand over one statement at a time."""
        forms = product(("native", "text"), ("full", "brief"))
        settings = (
            PromptSettings.model_validate({"form": form, "style": style, "reading": "desk"})
            for form, style in forms
        )
        return frozenset(one.hash for one in settings)
