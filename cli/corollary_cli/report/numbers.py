"""Numbers as people read them: shares as percent, differences as points, times as s or ms.

Guarantees one form for each kind of figure on the whole page. Rounds for reading only.
"""

from __future__ import annotations

MINUS, DASH = "\u2212", "\u2013"


def percent(share: float, digits: int = 1) -> str:
    """0.714 is 71.4 %."""
    return f"{share * 100:.{digits}f}\u202f%"


def percent_range(low: float, high: float) -> str:
    """0.65, 0.77 is 65.0 – 77.0 %."""
    return f"{low * 100:.1f}{DASH}{percent(high)}"


def signed_points(share: float) -> str:
    """-0.028 is −2.8."""
    sign = "+" if share >= 0.0005 else MINUS if share <= -0.0005 else "\u00b1"
    return f"{sign}{abs(share) * 100:.1f}"


def short(value: float) -> str:
    """Three significant digits at most, thousands apart: 1 234, 12.3, 0.45."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def duration(milliseconds: float) -> str:
    """Milliseconds below a second, seconds above."""
    if milliseconds >= 1000:
        return f"{short(milliseconds / 1000)}\u202fs"
    return f"{short(milliseconds)}\u202fms"


def ratio(value: float) -> str:
    """0.25 is ×0.25."""
    return f"\u00d7{short(value)}"
