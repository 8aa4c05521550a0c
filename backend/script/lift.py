"""Take a function or class out of a file as text, made for one case: what is known beforehand is decided.

The file is read, never imported: it may need TensorFlow, which the service has not got. Its own text is kept, comments
and all. Statements `if` and expressions `… if … else …` whose condition is known are decided, expressions that have
another name in the case get it, annotations and leading underscores are left out.
"""

import ast
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
UNKNOWN = object()


@dataclass(frozen=True)
class Case:
    """All keys are expressions or statements as `ast.unparse` writes them.

    `replace` has the text that stands for one, empty for a statement that is left out; `known` has values, by which
    conditions are decided; `drop` has the parameters and methods that the case does without;
    `parameters` are those of a function where they are others.
    """

    replace: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    drop: Collection[str] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


def lift(file: str, name: str, case: Case | None = None) -> str:
    """The text of `name`, a function, a class or a constant at the top of `file`, for the case."""
    return _Lifter(_read(file), case or Case()).top(name)


def lift_constant(file: str, name: str) -> str:
    """A constant with what is said of it, as a comment."""
    body = _read(file).tree.body
    place = next(number for number, node in enumerate(body) if name in _names(node))
    after = body[place + 1]
    said = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else None
    comment = "".join(f"# {line.strip()}\n" for line in str(said).splitlines()) if said else ""
    return comment + lift(file, name)


@dataclass(frozen=True)
class _File:
    text: str
    tree: ast.Module
    line_starts: list[int]


@cache
def _read(file: str) -> _File:
    """Our own code doesn't change while the service runs."""
    text = (ROOT / file).read_text()
    starts = [0, *accumulate(map(len, text.splitlines(keepends=True)))]
    return _File(text, ast.parse(text), starts)


class _Lifter:
    def __init__(self, file: _File, case: Case) -> None:
        self._source, self._tree, self._line_starts = file.text, file.tree, file.line_starts
        self._case = case

    def top(self, name: str) -> str:
        for node in self._tree.body:
            if name in _names(node):
                return self._statement(node).rstrip()
        raise LookupError(name)

    def _span(self, node: Any) -> tuple[int, int]:
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _offset(self, line: int, column: int) -> int:
        """`column` counts bytes of UTF-8."""
        start = self._line_starts[line - 1]
        text = self._source[start : self._line_starts[line]]
        return start + len(text.encode()[:column].decode())

    def _block(self, statements: Sequence[ast.stmt], first_line: int) -> str:
        """The statements' text from the line `first_line` on, the comments and blank lines between them included."""
        text, joined = "", False
        for statement in statements:
            before = self._source[self._line_starts[first_line - 1] : self._line_starts[_first_line(statement) - 1]]
            made = self._statement(statement)
            text += (before.lstrip("\n") if joined else before) + made if made else ""
            joined = not made and not before.startswith("\n")  # left out, and nothing was between it and the last
            first_line = (statement.end_lineno or 0) + 1
            if self._ends(statement):
                break  # what comes after can't be reached
        return text

    def _statement(self, node: ast.stmt) -> str:
        """Its lines, none where it is left out."""
        replaced = self._case.replace.get(ast.unparse(node))
        if replaced is not None:
            return replaced and textwrap.indent(replaced, " " * node.col_offset) + "\n"
        if isinstance(node, ast.If) and (truth := self._truth(node.test)) is not UNKNOWN:
            return self._chosen(node, truth)
        if isinstance(node, ast.FunctionDef):
            return self._function(node)
        if isinstance(node, ast.ClassDef | ast.With | ast.For | ast.If | ast.While):
            return self._compound(node)
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            return f"{' ' * node.col_offset}{self._expression(node.target)} = {self._expression(node.value)}\n"
        return self._lines(node.lineno, node.end_lineno or 0, [node])

    def _chosen(self, node: ast.If, truth: Any) -> str:
        if truth:
            return _dedented(self._block(node.body, (node.test.end_lineno or 0) + 1))
        if not node.orelse:
            return ""
        first = node.orelse[0]
        return _dedented(self._block(node.orelse, _first_line(first)))

    def _ends(self, statement: ast.stmt) -> bool:
        return (
            isinstance(statement, ast.If)
            and self._truth(statement.test) is True
            and isinstance(statement.body[-1], ast.Return)
        )

    def _function(self, node: ast.FunctionDef) -> str:
        if node.name in self._case.drop:
            return ""
        indent = " " * node.col_offset
        given = self._case.parameters.get(node.name, self._parameters(node.args))
        head = f"{indent}def {_public(node.name)}({given}):\n"
        decorators = "".join(f"{indent}@{self._spliced(one)}\n" for one in node.decorator_list)
        body_line = node.body[0].lineno
        return decorators + head + self._block(node.body, body_line)

    def _parameters(self, given: ast.arguments) -> str:
        names = [one.arg for one in given.args if one.arg not in self._case.drop]
        alone = [one.arg for one in given.kwonlyargs if one.arg not in self._case.drop]
        return ", ".join([*names, *(["*", *alone] if alone else [])])

    def _compound(self, node: Any) -> str:
        if getattr(node, "orelse", None):
            raise ValueError(f"line {node.lineno}: an else can't be lifted unless its condition is known")
        head_end = node.body[0].lineno - 1
        heads = [child for child in ast.iter_child_nodes(node) if child not in node.body]
        return self._lines(node.lineno, head_end, heads) + self._block(node.body, head_end + 1)

    def _lines(self, first: int, last: int, nodes: Sequence[ast.AST]) -> str:
        """Whole lines, with what is replaced in the nodes that they hold."""
        start, end = self._line_starts[first - 1], self._line_starts[last]
        return self._pieces(start, end, [child for node in nodes for child in self._positioned(node)])

    def _positioned(self, node: ast.AST) -> Iterator[Any]:
        if hasattr(node, "lineno") and not isinstance(node, ast.stmt):
            yield node
            return
        for child in ast.iter_child_nodes(node):
            yield from self._positioned(child)

    def _pieces(self, start: int, end: int, nodes: Sequence[Any]) -> str:
        text = ""
        for node in sorted(nodes, key=self._span):
            first, last = self._span(node)
            if isinstance(node, ast.keyword) and self._is_none(node.value):
                text += self._source[start : self._line_starts[node.lineno - 1]]
                start = self._line_starts[node.end_lineno or 0]
                continue
            text += self._source[start:first] + self._expression(node)
            start = last
        return text + self._source[start:end]

    def _is_none(self, node: ast.expr) -> bool:
        """Whether a value that hangs on what is known is None in this case."""
        if not isinstance(node, ast.IfExp) or (truth := self._truth(node.test)) is UNKNOWN:
            return False
        chosen = node.body if truth else node.orelse
        return isinstance(chosen, ast.Constant) and chosen.value is None

    def _expression(self, node: Any) -> str:
        replaced = self._case.replace.get(ast.unparse(node)) if isinstance(node, ast.expr) else None
        if replaced is not None:
            return replaced
        if isinstance(node, ast.IfExp) and (truth := self._truth(node.test)) is not UNKNOWN:
            return self._expression(node.body if truth else node.orelse)
        if isinstance(node, ast.Name):
            return _public(node.id)
        if isinstance(node, ast.Attribute):
            first, last = self._span(node)
            return self._pieces(first, last - len(node.attr), [node.value]) + _public(node.attr)
        return self._spliced(node)

    def _spliced(self, node: Any) -> str:
        if isinstance(node, ast.Constant | ast.JoinedStr):
            first, last = self._span(node)
            return self._source[first:last]
        if isinstance(node, ast.Name | ast.Attribute):
            return self._expression(node)
        children = [one for child in ast.iter_child_nodes(node) for one in self._positioned(child)]
        return self._pieces(*self._span(node), children)

    def _truth(self, test: ast.expr) -> Any:
        """What a condition comes to, or UNKNOWN."""
        known = self._case.known.get(ast.unparse(test), UNKNOWN)
        if known is not UNKNOWN:
            return bool(known)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self._truth(test.operand)
            return inner if inner is UNKNOWN else not inner
        if isinstance(test, ast.BoolOp):
            return self._joined(test)
        return self._compared(test) if isinstance(test, ast.Compare) else UNKNOWN

    def _joined(self, test: ast.BoolOp) -> Any:
        values = [self._truth(value) for value in test.values]
        decides = isinstance(test.op, ast.Or)
        if decides in values:
            return decides
        return UNKNOWN if UNKNOWN in values else not decides

    def _compared(self, test: ast.Compare) -> Any:
        value = self._case.known.get(ast.unparse(test.left), UNKNOWN)
        if value is UNKNOWN or not isinstance(test.comparators[0], ast.Constant):
            return UNKNOWN
        other = test.comparators[0].value
        if isinstance(test.ops[0], ast.Is | ast.Eq):
            return value is None if other is None else value == other
        return value is not None if other is None else value != other


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    found = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [one.id for one in found if isinstance(one, ast.Name)]


def _first_line(node: Any) -> int:
    decorators = getattr(node, "decorator_list", [])
    return int(decorators[0].lineno if decorators else node.lineno)


def _public(name: str) -> str:
    return name if name.startswith("__") or name == "_" else name.lstrip("_")


def _dedented(text: str) -> str:
    return "".join(line.removeprefix("    ") for line in text.splitlines(keepends=True))


def constant(file: str, name: str) -> Any:
    """The value of a constant of plain numbers at the top of `file`."""
    for node in _read(file).tree.body:
        if isinstance(node, ast.Assign) and name in _names(node):
            value = ast.literal_eval(node.value)
            return value[_names(node).index(name)] if isinstance(value, tuple) else value
    raise LookupError(name)
