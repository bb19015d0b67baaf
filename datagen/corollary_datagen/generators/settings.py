"""What the generated orderings are about: objects, and how their order is put into words."""

from __future__ import annotations

from dataclasses import dataclass

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """One domain.

    opening: with {} for the number. between: "is before", "is after". low, high: the end itself
    and the n-th from it (with {} for "second"), counted from the first and from the last end.
    articles: objects are listed with "a" or "an". definite: sentences say "the".
    """

    opening: str
    objects: tuple[str, ...]
    between: Words
    low: Words
    high: Words
    articles: bool = True
    definite: bool = True


def _row(opening: str, objects: str) -> Setting:
    return Setting(
        opening=opening,
        objects=_listed(objects),
        between=("is to the left of", "is to the right of"),
        low=("is the leftmost", "is the {} from the left"),
        high=("is the rightmost", "is the {} from the right"),
    )


def _ages(opening: str, objects: str, young: tuple[str, str]) -> Setting:
    return Setting(
        opening=opening,
        objects=_listed(objects),
        between=("is older than", f"is {young[0]} than"),
        low=("is the oldest", "is the {}-oldest"),
        high=(f"is the {young[1]}", f"is the {{}}-{young[1]}"),
    )


def _prices(opening: str, objects: str) -> Setting:
    return Setting(
        opening=opening,
        objects=_listed(objects),
        between=("are less expensive than", "are more expensive than"),
        low=("are the cheapest", "are the {}-cheapest"),
        high=("are the most expensive", "are the {}-most expensive"),
        articles=False,
    )


def _finish(opening: str) -> Setting:
    return Setting(
        opening=opening,
        objects=_listed(_PEOPLE),
        between=("finished above", "finished below"),
        low=("finished first", "finished {}"),
        high=("finished last", "finished {}-to-last"),
        articles=False,
        definite=False,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


_PEOPLE = (
    "Ada, Amy, Ana, Ben, Dan, Eli, Eve, Ian, Joe, Kim, Leo, Mel, Mia, Mya, Ned, Rob, Sam, Sue, "
    "Tom, Una, Vera, Will, Yara, Zoe"
)
_BIRDS = (
    "blue jay, cardinal, crow, falcon, finch, hawk, hummingbird, owl, quail, raven, robin, "
    "sparrow, starling, swallow, thrush, wren"
)
_VEHICLES = (
    "bus, convertible, coupe, hatchback, jeep, limousine, minivan, motorcycle, pickup, roadster, "
    "scooter, sedan, station wagon, tractor, truck, van"
)
_FRUITS = (
    "apples, apricots, cantaloupes, cherries, figs, grapes, kiwis, lemons, limes, loquats, "
    "mangoes, oranges, peaches, pears, plums, watermelons"
)
_BOOKS = (
    "black book, blue book, brown book, gray book, green book, orange book, pink book, purple "
    "book, red book, silver book, white book, yellow book"
)
_CUPS = (
    "blue cup, brown cup, copper cup, glass cup, gray cup, green cup, paper cup, pink cup, red "
    "cup, steel cup, tin cup, white cup"
)
_TREES = "ash, beech, birch, cedar, elm, fir, larch, maple, oak, pine, poplar, spruce, willow, yew"
_BOOTS = (
    "belts, boots, caps, coats, gloves, hats, jackets, sandals, scarves, shirts, shoes, socks, "
    "sweaters, trousers"
)

ORDERINGS = (
    _row("On a branch, there are {} birds", _BIRDS),
    _row("On a shelf, there are {} books", _BOOKS),
    _row("On a table, there are {} cups", _CUPS),
    _ages("In an antique car show, there are {} vehicles", _VEHICLES, ("newer", "newest")),
    _ages("In a park, there are {} trees", _TREES, ("younger", "youngest")),
    _prices("A fruit stand sells {} fruits", _FRUITS),
    _prices("A market stall sells {} kinds of clothing", _BOOTS),
    _finish("In a golf tournament, there were {} golfers"),
    _finish("In a swimming race, there were {} swimmers"),
)
