"""The plots of the generated stories: what may happen, in words and as calculations.

In the texts {n} is the plot's number and {count} the word for it, {name}, {he}, {him} and {friend}
are people, {things} and {thing} what is counted; in the calculations {v} is the value so far and
{r} the result of the calculation before. Does not choose: `stories` does.
"""

from __future__ import annotations

from dataclasses import dataclass

THINGS, DOLLARS = "things", "dollars"


@dataclass(frozen=True, slots=True)
class Plot:
    """One thing that happens. numbers: what n may be; before, after: what the value counts."""

    name: str
    before: str
    numbers: range | tuple[int, ...]
    calculations: tuple[str, ...]
    wordings: tuple[str, ...]
    after: str = ""


STARTS = (
    Plot(
        "has",
        "",
        range(12, 120),
        ("{n}",),
        (
            "{name} has {n} {things}.",
            "{name} owns {n} {things}.",
            "There are {n} {things} in {name}'s room.",
            "{name} starts the year with {n} {things}.",
        ),
        THINGS,
    ),
    Plot(
        "boxes",
        "",
        range(3, 25),
        ("{m}*{n}",),
        (
            "{name} has {m} boxes with {n} {things} in each.",
            "{name} buys {m} bags. There are {n} {things} in every bag.",
            "On {m} shelves {name} keeps {things}, {n} on each shelf.",
        ),
        THINGS,
    ),
    Plot(
        "daily",
        "",
        range(3, 25),
        ("{m}*{n}",),
        (
            "{name} makes {n} {things} a day, and works for {m} days.",
            "Every day for {m} days, {name} collects {n} {things}.",
        ),
        THINGS,
    ),
    Plot(
        "two",
        "",
        range(6, 90),
        ("{m}+{n}",),
        (
            "{name} has {m} big {things} and {n} small ones.",
            "{name} finds {m} {things} in one box and {n} in another.",
            "{name} brings {m} {things} and {friend} gives {him} {n} {things}.",
        ),
        THINGS,
    ),
    Plot(
        "wage",
        "",
        range(6, 40),
        ("{m}*{n}",),
        (
            "{name} works {m} hours for ${n} an hour.",
            "{name} sells {m} {things} for ${n} each.",
            "A shop pays {name} ${n} for each of {m} {things}.",
        ),
        DOLLARS,
    ),
)

STEPS = (
    Plot(
        "gain",
        THINGS,
        range(3, 60),
        ("{v}+{n}",),
        (
            "Then {he} buys {n} more.",
            "Later {he} finds {n} more in a drawer.",
            "{friend} gives {him} {n} more.",
            "As a present {he} gets another {n}.",
        ),
    ),
    Plot(
        "lose",
        THINGS,
        range(2, 60),
        ("{v}-{n}",),
        (
            "{name} gives {n} of them to {friend}.",
            "Then {n} of them get lost.",
            "As {n} of them are broken, {he} throws these away.",
            "{friend} borrows {n} of them and does not bring them back.",
        ),
    ),
    Plot(
        "half",
        THINGS,
        (2, 3, 4, 5),
        ("{v}/{n}",),
        (
            "{name} keeps only {part} of them.",
            "Only {part} of them are any good, and {he} throws the rest away.",
            "All but {part} of them are sold at a fair.",
        ),
    ),
    Plot(
        "give part",
        THINGS,
        (2, 3, 4, 5),
        ("{v}/{n}", "{v}-{r}"),
        (
            "{name} gives {part} of them to {friend}.",
            "Then {part} of them break.",
        ),
    ),
    Plot(
        "percent",
        THINGS,
        (10, 20, 25, 30, 40, 60, 75),
        ("{v}*{n}/100", "{v}-{r}"),
        (
            "{name} gives {n}% of them away.",
            "A fire destroys {n}% of them.",
        ),
    ),
    Plot(
        "times",
        THINGS,
        (2, 3, 4, 5),
        ("{v}*{n}",),
        (
            "A year later {he} has {count} as many.",
            "By summer the number of {things} is {count} what it was.",
        ),
    ),
    Plot(
        "again",
        THINGS,
        (2, 3, 4, 5),
        ("{v}*{n}", "{v}+{r}"),
        (
            "Then {he} buys {count} as many as {he} already has, and keeps them all.",
            "{friend} owns {count} as many {things} and gives all of those to {name}.",
        ),
    ),
    Plot(
        "more than",
        THINGS,
        range(2, 40),
        ("{v}+{n}", "{v}+{r}"),
        (
            "{friend} has {n} {things} more than {name} has by then, and gives {him} all of them.",
            "The next month {he} gets new ones: {n} more than {he} already has.",
        ),
    ),
    Plot(
        "sell",
        THINGS,
        range(2, 25),
        ("{v}*{n}",),
        (
            "{name} sells all of them for ${n} each.",
            "A dealer takes them all and pays ${n} for each {thing}.",
            "At the market every {thing} brings {him} ${n}, and all of them are sold.",
        ),
        DOLLARS,
    ),
    Plot(
        "packs",
        THINGS,
        range(2, 13),
        ("{v}/{n}", "{r}*{m}"),
        (
            "{name} packs all of them into bags of {n} and sells every bag for ${m}.",
            "All of them go into boxes, {n} to a box, and a box is sold for ${m}.",
        ),
        DOLLARS,
    ),
    Plot(
        "earn",
        DOLLARS,
        range(5, 90),
        ("{v}+{n}",),
        (
            "{friend} pays back ${n} that {he} had lent.",
            "In addition {he} earns ${n} for mowing a lawn.",
            "{name} also gets ${n} from an aunt.",
        ),
    ),
    Plot(
        "spend",
        DOLLARS,
        range(3, 120),
        ("{v}-{n}",),
        (
            "{name} spends ${n} of the money on a lamp.",
            "Of this money, ${n} goes to {friend} for a train ticket.",
            "After that {he} pays ${n} for lunch.",
        ),
    ),
    Plot(
        "several",
        DOLLARS,
        range(2, 15),
        ("{m}*{n}", "{v}-{r}"),
        (
            "{name} buys {m} books at ${n} each with the money.",
            "From the money {he} pays for {m} tickets, which cost ${n} each.",
        ),
    ),
    Plot(
        "tax",
        DOLLARS,
        (5, 10, 15, 20, 25, 40),
        ("{v}*{n}/100", "{v}-{r}"),
        (
            "{name} has to pay {n}% of the money in tax.",
            "Of the money, {n}% goes to a charity.",
        ),
    ),
    Plot(
        "split",
        DOLLARS,
        range(2, 9),
        ("{v}/{n}",),
        (
            "The money is split equally among {n} people, and {name} is one of them.",
            "{name} makes {n} equal piles of the money and takes home only one pile.",
        ),
    ),
    Plot(
        "save",
        DOLLARS,
        range(2, 8),
        ("{v}*{n}",),
        ("With a lucky ticket {he} then wins so much that {he} has {n} times as much money.",),
    ),
)

QUESTIONS = {
    THINGS: (
        "How many {things} does {name} have now?",
        "How many {things} are left for {name} in the end?",
        "What is the number of {things} that {name} has then?",
    ),
    DOLLARS: (
        "How many dollars does {name} have now?",
        "How much money does {name} have in the end?",
        "How much money is that for {name}?",
    ),
}
COUNTS = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}
PARTS = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth"}
