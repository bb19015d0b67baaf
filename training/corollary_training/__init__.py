"""From verified traces to a better small model: rendering, SFT, DPO, evaluation, the gate."""
