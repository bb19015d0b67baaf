"""The words of the generated problems: people, animals, things, adjectives, verbs.

Verbs take a plain "s" in the third person, so that "they visit" and "it visits" are one verb.
"""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The words of a text, separated by white space."""
    return tuple(text.split())


PEOPLE = words(
    "Anne Bob Charlie Dave Erin Fiona Gary Harry Agnes Bruno Cecil Dora Edgar Frieda Gustav Hilda "
    "Igor Jonas Klara Lydia Marius Nelly Otto Petra Quinn Rupert Sonja Tilda Ulrich Viola Wanda"
)
ANIMALS = tuple(
    name.replace("_", " ")
    for name in words(
        "cat cow dog lion mouse rabbit squirrel tiger bear bald_eagle badger beaver camel crane "
        "deer donkey duck falcon ferret fox frog gecko goat goose night_heron hamster hare "
        "hedgehog horse ibex koala lizard llama lynx mole moose mule newt otter owl panda "
        "parrot pig polar_bear pony puffin raven seal sea_lion sheep snail stork swan toad "
        "turtle walrus wolf zebra "
    )
)
ADJECTIVES = words(
    "big blue cold furry green kind nice quiet red rough round smart white young angry bold brave "
    "bright brown calm careful clean clever dark deep dry dull eager fair famous fierce gentle "
    "glad grey happy heavy honest hungry large lazy light lonely loud lucky merry modest narrow "
    "neat noisy old orange patient pale pink polite poor proud purple rare rich sad sharp shiny "
    "short shy silent sleepy slim slow small smooth soft spotted steady strange strong sweet tall "
    "tame tender thin tidy tiny tired tough warm weak wet wide wild wise yellow"
)
VERBS = words(
    "like chase eat visit see need admire avoid call defend draw fear feed find follow greet "
    "guard hear help hug invite join know lead lift love meet obey paint praise remember respect "
    "serve support thank trust want warn"
)
ISLANDERS = words(
    "Abigail Aiden Alice Amelia Anton Aria Aurora Ava Benjamin Bianca Boris Carla Charlotte Chloe "
    "Clara Daniel David Diego Edith Elena Elizabeth Ella Emily Emma Ethan Evelyn Felix Flora Gavin "
    "Grace Greta Harper Henry Hugo Ida Isabella Ivan Jack Jackson Jacob James Jasper Joseph Julia "
    "Karim Laura Leon Liam Lily Logan Lucas Luke Marta Mason Matthew Mia Michael Mira Nadia Noah "
    "Nora Oliver Oscar Owen Paula Penelope Quentin Rafael Riley Rosa Samuel Scarlett Sebastian "
    "Selma Sofia Sophia Stella Theo Tobias Ursula Victor Victoria Walter William Xenia Zara Zoey"
)
MEN = words(
    "Adam Ahmed Anders Carlos Dylan Emil Farid George Hiro Jorge Kofi Lars Marco Omar Pavel Raj "
    "Stefan Tariq Viktor Yusuf"
)
WOMEN = words(
    "Aisha Beatriz Carmen Dalia Esther Fatima Gloria Hana Ingrid Jelena Kavya Leila Maya Ngozi "
    "Olga Priya Rosa Salma Tamar Wendy"
)
# Singular and plural.
THINGS = tuple(
    tuple(pair.split("/"))
    for pair in words(
        "marble/marbles pencil/pencils postcard/postcards button/buttons apple/apples shell/shells "
        "stamp/stamps coin/coins candle/candles cookie/cookies puzzle/puzzles ribbon/ribbons "
        "kite/kites magnet/magnets poster/posters mug/mugs plant/plants card/cards bead/beads "
        "notebook/notebooks toy/toys lemon/lemons orange/oranges basket/baskets balloon/balloons"
    )
)
