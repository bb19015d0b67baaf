"""LoRA adapters on one base model: loaded when first asked for, switched between passes.

Guarantees that the base weights are in memory once, whatever the number of adapters, and that a
pass runs with exactly the adapter that it is asked for, or with none. Only the thread that owns the
model may use it.
"""

from __future__ import annotations

from typing import Any

from corollary_agent.models.local.checkpoint import unreadable


class Adapters:
    """The adapters of one model. The model passed in is changed in place once one is loaded."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._wrapped: Any = None
        self._names: dict[str, str] = {}
        self._active: str | None = None

    def load(self, path: str | None) -> None:
        """Load the adapter in folder `path` unless it is there. Raises CorollaryError."""
        if path is None or path in self._names:
            return
        from peft import PeftModel  # takes 3 s to import; only adapters need it

        name = f"adapter_{len(self._names)}"
        try:
            if self._wrapped is None:
                self._wrapped = PeftModel.from_pretrained(
                    self._model, path, adapter_name=name, autocast_adapter_dtype=False
                )
            else:
                self._wrapped.load_adapter(path, name, autocast_adapter_dtype=False)
        except Exception as error:
            self.use(None)
            raise unreadable(path, error) from error
        self._names[path] = name
        self._model.eval()
        self._active = path
        self.use(None)

    def use(self, path: str | None) -> None:
        """Let the next passes run with this loaded adapter, or with none."""
        if self._wrapped is None or path == self._active:
            return
        if path is None:
            self._wrapped.base_model.disable_adapter_layers()
        else:
            self._wrapped.base_model.enable_adapter_layers()
            self._wrapped.set_adapter(self._names[path])
        self._active = path
