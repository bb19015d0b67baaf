"""TRL's DPO rows: conversational prompt, chosen and rejected, with the tools' schemas.

Source: TRL's page on dataset formats, and `DPOTrainer`, which reads `tools` from text. Keeps tool
calls, tool results and sides of any length. Loaded as plain JSON lines, Arrow gives every call the
arguments of all others as nulls: the usage names the features that keep it from doing so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from corollary_datagen.exports.formats.format import Format, Row
from corollary_datagen.exports.formats.sides import EMPTY, EQUAL, is_empty, is_equal
from corollary_datagen.pair import PreferencePair

_USAGE = """TRL's `DPOTrainer`:

```python
from datasets import Features, Json, List, Value, load_dataset

messages = {{name: List(Json()) for name in ("prompt", "chosen", "rejected")}}
features = Features({{**messages, "tools": Value("string")}})
pairs = load_dataset("json", data_files={files!r}, features=features)
```

The features keep each call's arguments as they are. TRL's loss takes in the tool results of sides
with several messages; `corollary train` masks them out."""


def _row(pair: PreferencePair) -> Row:
    return {
        "prompt": list(pair.prompt),
        "chosen": list(pair.chosen),
        "rejected": list(pair.rejected),
        "tools": json.dumps(pair.tools, ensure_ascii=False),
    }


def _refuse(pair: PreferencePair) -> str | None:
    if is_empty(pair):
        return EMPTY
    return EQUAL if is_equal(pair) else None


def _usage(files: Mapping[str, str]) -> str:
    return _USAGE.format(files=dict(files))


FORMAT = Format("trl", "TRL DPO", "pairs", _row, _refuse, _usage)
