"""Takes whole functions, classes and constants out of a module's text, with all that they use of that module.

The module is read, never imported: it may need TensorFlow, which the API does not have. No character inside a
definition changes.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Source:
    """Definitions in the order of their module: import statements, constants, and functions and classes."""

    imports: set[str] = field(default_factory=set)
    constants: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)

    def add(self, more: "Source") -> None:
        self.imports |= more.imports
        self.constants += [constant for constant in more.constants if constant not in self.constants]
        self.functions += more.functions


@dataclass(frozen=True)
class Definition:
    """`uses` are all names in it, those of its own variables too."""

    text: str
    is_constant: bool
    uses: frozenset[str]


@dataclass(frozen=True)
class Module:
    definitions: dict[str, Definition]
    imports: dict[str, str]  # statements by the name that they bind


def take(module: str, names: Iterable[str]) -> Source:
    """Returns the top-level definitions of these names, and the definitions and imports that they use.

    `module` is a dotted name. Raises LookupError if it has no such definition.
    """
    parsed = _parse(module)
    needed: set[str] = set()
    for name in names:
        if name not in parsed.definitions:
            raise LookupError(f"{module} defines no {name}")
        _collect(parsed, name, needed)
    used = set[str]().union(*(parsed.definitions[name].uses for name in needed))
    chosen = [definition for name, definition in parsed.definitions.items() if name in needed]
    return Source(
        imports={statement for name, statement in parsed.imports.items() if name in used},
        constants=[definition.text for definition in chosen if definition.is_constant],
        functions=[definition.text for definition in chosen if not definition.is_constant],
    )


def _collect(module: Module, name: str, needed: set[str]) -> None:
    """Adds `name` and the definitions that it uses to `needed`."""
    if name in needed:
        return
    needed.add(name)
    for used in module.definitions[name].uses & module.definitions.keys():
        _collect(module, used, needed)


@cache
def _parse(module: str) -> Module:
    text = (ROOT / (module.replace(".", "/") + ".py")).read_text()
    lines = text.splitlines()
    definitions: dict[str, Definition] = {}
    imports: dict[str, str] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.update(_imports(node))
        for name in _defined(node):
            definitions[name] = _definition(node, lines)
    return Module(definitions, imports)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    source = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        renamed = f" as {alias.asname}" if alias.asname else ""
        yield alias.asname or alias.name.partition(".")[0], f"{source}import {alias.name}{renamed}"


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _definition(node: ast.stmt, lines: list[str]) -> Definition:
    """Takes whole lines, from the first decorator to a comment behind the last one."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    uses = frozenset(child.id for child in ast.walk(node) if isinstance(child, ast.Name))
    return Definition("\n".join(lines[first - 1 : node.end_lineno]), isinstance(node, ast.Assign), uses)
