"""One pure parser under atheris: `python -m fuzz.byte_engine TARGET [flags] [folders]`."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["corollary_tools"]):
    from fuzz.properties import PARSERS, PURE


def main() -> None:
    """Fuzz the target named first until libFuzzer ends the process."""
    target = sys.argv.pop(1)
    assert target in PURE, f"targets are {', '.join(PURE)}"

    def one_input(raw: bytes) -> None:
        PARSERS[target](raw.decode("utf-8", "replace"))

    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
