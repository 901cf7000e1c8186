"""Computes the formulas of a workbook that was read back, to be held against the values that stand in its cells.

The functions that the workbooks use are known, and no other. As in Excel an empty cell is 0 in a sum or a product and
no number for ISNUMBER, texts are left out of sums, MATCH and SUMIFS compare texts without case.
"""

from __future__ import annotations

import math
import re

from spreadsheet import Book, column, line

TOKEN = re.compile(
    r'\s*(?:(?P<number>\d+\.?\d*(?:E[+-]?\d+)?)|(?P<text>"(?:[^"]|"")*")|(?P<call>[A-Z0-9]+\()'
    r"|(?P<range>(?:\w+!)?\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)|(?P<sign><=|>=|<>|[-+*/^&=<>(),]))"
)
NOTHING = None


class Calculator:
    """Computes cells from formulas; `changed` cells have another value than the file gives them."""

    def __init__(self, book: Book, changed: dict[tuple[str, str], object] | None = None) -> None:
        self.book, self.known = book, dict(changed or {})
        self.open: set[tuple[str, str]] = set()

    def value(self, sheet: str, ref: str) -> object:
        key = (sheet, ref.replace("$", ""))
        if key not in self.known:
            cell = self.book.sheets[sheet].get(key[1])
            if cell is None or cell.formula is None:
                self.known[key] = cell.value if cell else NOTHING
            else:
                assert key not in self.open, f"{sheet}!{ref} rests on itself"
                self.open.add(key)
                self.known[key] = Parser(self, sheet, cell.formula).result()
        return self.known[key]

    def block(self, sheet: str, ref: str) -> list[object]:
        """Return the values of a range of one row or one column."""
        name, _, own = ref.rpartition("!")
        first, _, last = own.replace("$", "").partition(":")
        last = last or first
        columns = [letters(at) for at in range(number(column(first)), number(column(last)) + 1)]
        refs = [f"{at}{row}" for row in range(line(first), line(last) + 1) for at in columns]
        return [self.value(name or sheet, each) for each in refs]


class Parser:
    """Evaluates one formula by recursive descent. A range of several cells is a list."""

    def __init__(self, calculator: Calculator, sheet: str, formula: str) -> None:
        self.calculator, self.sheet, self.at = calculator, sheet, 0
        found = list(TOKEN.finditer(formula))
        assert "".join(each[0] for each in found) == formula, f"cannot be read: {formula}"
        self.tokens = [(each.lastgroup, each[each.lastgroup]) for each in found]

    def result(self) -> object:
        found = self.comparison()
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return found

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def take(self, *signs: str) -> str:
        if self.peek()[0] == "sign" and self.peek()[1] in signs:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def chain(self, below, *signs: str) -> object:
        found = below()
        while sign := self.take(*signs):
            found = spread(OPERATORS[sign], found, below())
        return found

    def comparison(self) -> object:
        return self.chain(self.joined, "<=", ">=", "<>", "<", ">", "=")

    def joined(self) -> object:
        return self.chain(self.sum, "&")

    def sum(self) -> object:
        return self.chain(self.product, "+", "-")

    def product(self) -> object:
        return self.chain(self.power, "*", "/")

    def power(self) -> object:
        return self.chain(self.signed, "^")

    def signed(self) -> object:
        return spread(OPERATORS["-"], 0.0, self.signed()) if self.take("-") else self.atom()

    def atom(self) -> object:
        if self.take("("):
            found = self.comparison()
            assert self.take(")")
            return found
        kind, text = self.peek()
        self.at += 1
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1].replace('""', '"')
        if kind == "call":
            return self.call(text[:-1])
        assert kind == "range", (kind, text)
        found = self.calculator.block(self.sheet, text)
        return found if ":" in text else found[0]

    def call(self, name: str) -> object:
        arguments = []
        while not self.take(")"):
            if name == "IF" and len(arguments) in (1, 2) and truth(arguments[0]) != (len(arguments) == 1):
                arguments.append(self.skipped())  # a branch that is not taken may have no value
            else:
                arguments.append(self.comparison())
            self.take(",")
        return FUNCTIONS[name](*arguments)

    def skipped(self) -> None:
        depth = 0
        while depth or self.peek()[1] not in (",", ")"):
            kind, text = self.peek()
            depth += (kind == "call" or text == "(") - (text == ")")
            self.at += 1


def spread(operation, one: object, other: object) -> object:
    """Apply an operation cell by cell where one side is a range."""
    if isinstance(one, list) or isinstance(other, list):
        size = len(one if isinstance(one, list) else other)
        ones, others = (each if isinstance(each, list) else [each] * size for each in (one, other))
        return [operation(a, b) for a, b in zip(ones, others, strict=True)]
    return operation(one, other)


def figure(value: object) -> float:
    assert not isinstance(value, str), f"#VALUE!: {value!r}"
    return 0.0 if value is NOTHING else float(value)


def numbers(*values: object) -> list[float]:
    """Return what sums take: the numbers, ranges opened, texts and empty cells left out."""
    flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return [each for each in flat if is_number(each)]


def is_number(value: object) -> bool:
    return isinstance(value, float) and not isinstance(value, bool)


def truth(value: object) -> bool:
    assert isinstance(value, bool)
    return value


def sumproduct(*ranges: list) -> float:
    rows = zip(*(each if isinstance(each, list) else [each] for each in ranges), strict=True)
    if len(ranges) == 1:
        return math.fsum(figure(each) for each in ranges[0])
    return math.fsum(math.prod(each if is_number(each) else 0.0 for each in row) for row in rows)


def meets(value: object, wanted: object) -> bool:
    if isinstance(wanted, str) and wanted.startswith(">"):
        return is_number(value) and value > float(wanted[1:])
    return alike(value, wanted)


def alike(one: object, other: object) -> bool:
    return (one.lower() == other.lower()) if isinstance(one, str) and isinstance(other, str) else one == other


def sumifs(summed: list, *pairs: object) -> float:
    conditions = list(zip(pairs[::2], pairs[1::2], strict=True))
    kept = [all(meets(cells[at], wanted) for cells, wanted in conditions) for at in range(len(summed))]
    return math.fsum(numbers([each for each, keep in zip(summed, kept, strict=True) if keep]))


def match(wanted: object, cells: list, exactly: float) -> float:
    assert exactly == 0
    return next(float(at) for at, each in enumerate(cells, 1) if alike(each, wanted))


def half_up(value: float, digits: float) -> float:
    return math.copysign(math.floor(abs(value) * 10**digits + 0.5) / 10**digits, value)


def text(value: object) -> str:
    return value if isinstance(value, str) else f"{figure(value):.15g}"


def letters(place: int) -> str:
    return letters((place - 1) // 26) + chr(ord("A") + (place - 1) % 26) if place else ""


def number(name: str) -> int:
    return sum((ord(sign) - ord("A") + 1) * 26**at for at, sign in enumerate(reversed(name)))


OPERATORS = {
    "+": lambda a, b: figure(a) + figure(b),
    "-": lambda a, b: figure(a) - figure(b),
    "*": lambda a, b: figure(a) * figure(b),
    "/": lambda a, b: figure(a) / figure(b),
    "^": lambda a, b: figure(a) ** figure(b),
    "&": lambda a, b: text(a) + text(b),
    "<": lambda a, b: figure(a) < figure(b),
    ">": lambda a, b: figure(a) > figure(b),
    "<=": lambda a, b: figure(a) <= figure(b),
    ">=": lambda a, b: figure(a) >= figure(b),
    "=": alike,
    "<>": lambda a, b: not alike(a, b),
}
FUNCTIONS = {
    "IF": lambda test, yes, no: yes if test else no,
    "OR": lambda *tests: any(tests),
    "AND": lambda *tests: all(tests),
    "ISNUMBER": lambda value: [*map(is_number, value)] if isinstance(value, list) else is_number(value),
    "SUM": lambda *values: math.fsum(numbers(*values)),
    "SUMPRODUCT": sumproduct,
    "SUMIFS": sumifs,
    "COUNTIF": lambda cells, wanted: float(sum(meets(each, wanted) for each in cells)),
    "INDEX": lambda cells, at: cells[int(at) - 1],
    "MATCH": match,
    "MIN": lambda *values: min(numbers(*values)),
    "MAX": lambda *values: max(numbers(*values)),
    "ROUND": lambda value, digits: half_up(figure(value), digits),
    "INT": lambda value: float(math.floor(figure(value))),
    "LN": lambda value: math.log(figure(value)),
    "LOG10": lambda value: math.log10(figure(value)),
    "EXP": lambda value: math.exp(figure(value)),
}
