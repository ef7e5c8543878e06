"""Writes CSV in every dialect that the guide's RFC 4180 allows, and malformed rows.

One seeded random generator makes every choice, so the same seed gives the same bytes.
"""

import dataclasses
import random

from containers import fields

BOOLEANS = [("true", "false"), ("1", "0"), ("t", "f"), ("Yes", "No"), ("TRUE", "FALSE"), ("y", "n"), ("on", "off")]
# The guide's odd names, and how a clean export would spell them.
SPELLINGS = {
    "Reason_id (pause_code_id)": ["Reason_id (pause_code_id)", "reason_id", "pause_code_id", "REASON_ID (PAUSE_CODE_ID)"],
    "sample rate": ["sample rate", "sample_rate", "Sample Rate"],
    "bit rate": ["bit rate", "bit_rate", "BIT RATE"],
}
EXTRA = ["x_region", "Reserved 1", "comment"]
EXTRA_VALUES = ["", "eu", "a,b", 'say "hi"', "two\r\nlines", "=1+1", "0", "“curly”"]
WRONG_NUMBERS = ["n/a", "12abc", "zwölf", "--3", "1700000000 s", "NaN"]


@dataclasses.dataclass
class Dialect:
    """How one file is written."""
    line_break: str = "\n"
    quotes: str = "needed"            # needed | all | some
    mark: bool = False                # byte-order mark
    last_break: bool = True
    shuffled: bool = False            # columns in any order
    case: str = "as is"               # as is | upper | lower | title | spaced
    spelling: int = 0                 # which of SPELLINGS
    extra: int = 0                    # how many columns that nobody knows
    sparse: bool = False              # optional columns are missing
    booleans: tuple = BOOLEANS[0]
    absent: str = ""                  # of times and ids: "" or "0" or "either"


NAMED = {
    "plain": Dialect(),
    "guide": Dialect(line_break="\r\n"),
    "quoted": Dialect(line_break="\r\n", quotes="all", mark=True, booleans=BOOLEANS[1], absent="0"),
    "loose": Dialect(quotes="some", last_break=False, shuffled=True, case="upper", spelling=1, extra=2,
                     booleans=BOOLEANS[2], absent="either"),
    "sparse": Dialect(line_break="\r\n", sparse=True, case="title", spelling=2, booleans=BOOLEANS[3], last_break=False),
}


def draw_dialect(name, rng):
    """Returns the dialect with this name; `mixed` picks another one for every file."""
    if name != "mixed":
        return NAMED[name]
    return Dialect(
        line_break=rng.choice(["\n", "\r\n"]), quotes=rng.choice(["needed", "all", "some"]),
        mark=rng.random() < 0.4, last_break=rng.random() < 0.6, shuffled=rng.random() < 0.5,
        case=rng.choice(["as is", "upper", "lower", "title", "spaced"]), spelling=rng.randrange(4),
        extra=rng.choice([0, 0, 1, 3]), sparse=rng.random() < 0.4, booleans=rng.choice(BOOLEANS),
        absent=rng.choice(["", "0", "either"]))


def header(name, dialect):
    spellings = SPELLINGS.get(name)
    if spellings:
        name = spellings[dialect.spelling % len(spellings)]
    if dialect.case == "upper":
        return name.upper()
    if dialect.case == "lower":
        return name.lower()
    if dialect.case == "title":
        return name.title()
    if dialect.case == "spaced":
        return f" {name} "
    return name


class Writer:
    """Writes one file: rows of values in the guide's order go in, bytes come out."""

    def __init__(self, container, dialect, rng, is_fact):
        self.dialect, self.rng, self.is_fact = dialect, rng, is_fact
        known = [(at, name, kind, optional) for at, (name, kind, optional) in enumerate(fields(container))]
        columns = [c for c in known if not (c[3] and dialect.sparse and rng.random() < 0.7)]
        columns += [(None, extra, "x", True) for extra in EXTRA[:dialect.extra]]
        if dialect.shuffled:
            rng.shuffle(columns)
        self.columns = columns
        self.container = container
        self.pieces, self.line, self.records, self.malformed = [], 1, 0, []
        self._write([self._quote(header(name, dialect)) for _, name, _, _ in columns])

    def row(self, values):
        self._write([self._quote(cell) for cell in self._cells(values)])
        self.records += 1

    def write_malformed(self, values, kind):
        """Returns the row with one error; the manifest lists where."""
        cells = self._cells(values)
        if kind == "number":
            typed = [i for i, c in enumerate(self.columns) if c[2] in "it"]
            cells[self.rng.choice(typed)] = self.rng.choice(WRONG_NUMBERS)
        if kind == "few columns":
            cells = cells[:-1] if len(cells) < 4 else cells[:-2]
        if kind == "many columns":
            cells.append("one more")
        cells = [self._quote(cell) for cell in cells]
        if kind == "invalid UTF-8":
            at = next((i for i, c in enumerate(self.columns) if c[2] == "s"), 0)
            cells[at] = b'"' + self.rng.choice([b"M\xfcller", b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80"]) + b'"'
        self.malformed.append({"line": self.line, "record": self.records + 2, "reason": kind})
        self._write(cells)
        self.records += 1

    def bytes(self):
        text = b"".join(self.pieces)
        if not self.dialect.last_break:
            text = text.removesuffix(self.dialect.line_break.encode())
        return (b"\xef\xbb\xbf" if self.dialect.mark else b"") + text

    def _cells(self, values):
        return [self._cell(name, kind, values[at]) if at is not None else self.rng.choice(EXTRA_VALUES)
                for at, name, kind, _ in self.columns]

    def _cell(self, name, kind, value):
        if value is None:
            may_be_zero = kind == "t" or (kind == "i" and name.lower().endswith("_id"))
            absent = self.dialect.absent if may_be_zero or "pause_code_id" in name else ""
            return self.rng.choice(["", "0"]) if absent == "either" else absent
        if kind == "b":
            return self.dialect.booleans[0 if value else 1]
        return str(value)

    def _quote(self, cell):
        must = any(c in cell for c in ',"\r\n')
        some = self.dialect.quotes == "some" and self.rng.random() < 0.3
        if must or some or self.dialect.quotes == "all":
            cell = '"' + cell.replace('"', '""') + '"'
        return cell.encode()

    def _write(self, cells):
        line = b",".join(cells) + self.dialect.line_break.encode()
        self.pieces.append(line)
        self.line += line.count(b"\n")


def plain(container, rows):
    """Writes large volumes fast: facts that never need quotes."""
    names = ",".join(name for name, _, _ in fields(container))
    lines = [",".join(["" if v is None else str(v) for v in row]) for row in rows]
    return "\n".join([names, *lines, ""]).encode()


def generator(*seed):
    return random.Random("/".join(map(str, seed)))
