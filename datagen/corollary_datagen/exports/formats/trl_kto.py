"""TRL's KTO rows: a prompt, one completion and whether it is right, with the tools' schemas.

Source: TRL's page on dataset formats (unpaired preference), and `KTOTrainer`, which reads `tools`
from text. Keeps tool calls, tool results and completions of any length. The trainer weighs right
against wrong as a whole, so that a row's own weight is refused unless it is 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from corollary_datagen.exports.formats.format import Format, Row
from corollary_datagen.exports.formats.sides import EMPTY, is_empty
from corollary_datagen.unpaired import UnpairedRow

WEIGHTED = "the row has a weight of its own, and the trainer knows none"

_USAGE = """TRL's `KTOTrainer`:

```python
from datasets import Features, Json, List, Value, load_dataset

messages = {{name: List(Json()) for name in ("prompt", "completion")}}
features = Features({{**messages, "label": Value("bool"), "tools": Value("string")}})
rows = load_dataset("json", data_files={files!r}, features=features)
```

Where right and wrong rows are far from equal in number, set `desirable_weight` and
`undesirable_weight` of `KTOConfig`."""


def _row(source: UnpairedRow) -> Row:
    return {
        "prompt": list(source.prompt),
        "completion": list(source.completion),
        "label": source.label,
        "tools": json.dumps(source.tools, ensure_ascii=False),
    }


def _refuse(source: UnpairedRow) -> str | None:
    if is_empty(source):
        return EMPTY
    return None if source.weight == 1.0 else WEIGHTED


def _usage(files: Mapping[str, str]) -> str:
    return _USAGE.format(files=dict(files))


FORMAT = Format("trl-kto", "TRL KTO", "unpaired", _row, _refuse, _usage)
