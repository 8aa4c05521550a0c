"""Tests whether the best two of several groups of runs differ by more than chance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from sqlalchemy.orm import Session

from backend.analysis.statistics.t_tests import MIN_VALUES, paired_t_test, welch_t_test
from backend.compare.schemas import GroupTest, GroupTestQuery
from backend.errors import FieldError, Invalid
from backend.phrases import sentence
from backend.runs.table.fields import FIELDS, RunField, find_field, find_fields
from backend.runs.table.filters import select_ids
from backend.runs.table.values import FieldValues, field_values

SEED = FIELDS["seed"]


@dataclass
class Group:
    """The values of the runs of a group, with the seed of each."""

    values: FieldValues
    scores: list[Any]
    seeds: list[Any]

    @property
    def by_seed(self) -> dict[Any, float]:
        return dict(zip(self.seeds, self.scores, strict=True))

    @property
    def mean(self) -> float:
        return fmean(self.scores)


def group_test(session: Session, query: GroupTestQuery) -> GroupTest | None:
    """Compares the group with the highest mean (the lowest of a loss) with the next one; None for fewer than two.

    Raises:
        Invalid: There is no such field, or `column` is not a number.
    """
    column = find_field(query.column, ["query", "column"])
    if column.kind != "number":
        message = f"{column.path} is a {column.kind}; runs are compared by a number, such as best.val_accuracy"
        raise Invalid(sentence(message), [FieldError(["query", "column"], message)])
    by = find_fields(query.by, ["query", "by"])
    groups = _groups(field_values(session, select_ids(query), [*by, column, SEED]).values(), by, column)
    groups.sort(key=lambda group: group.mean, reverse="loss" not in column.path)
    return _compared(groups[0], groups[1], len(groups)) if len(groups) > 1 else None


def _groups(runs: Iterable[FieldValues], by: Sequence[RunField], column: RunField) -> list[Group]:
    """Returns the groups with at least one value of `column`."""
    groups: dict[tuple[Any, ...], Group] = {}
    for run in runs:
        if run[column.path] is None:
            continue
        values = {field.path: run[field.path] for field in by}
        group = groups.setdefault(tuple(values.values()), Group(values, [], []))
        group.scores.append(run[column.path])
        group.seeds.append(run[SEED.path])
    return list(groups.values())


def _compared(first: Group, second: Group, groups: int) -> GroupTest:
    """Tests seed by seed where both groups have the same seeds: the luck of a seed is then no noise."""
    in_pairs = paired_t_test(second.by_seed, first.by_seed) if _share_seeds(first, second) else None
    result = in_pairs or welch_t_test(first.scores, second.scores)
    return GroupTest(
        first=first.values,
        second=second.values,
        groups=groups,
        n=(len(first.scores), len(second.scores)),
        test=("paired-t" if in_pairs.deviation else "sign") if in_pairs else "welch-t",
        difference=result.difference,
        interval=result.interval,
        p_value=result.p_value,
    )


def _share_seeds(first: Group, second: Group) -> bool:
    """Returns whether both groups have one run of each of the same seeds, at least two."""
    sizes = {len(group.scores) for group in (first, second)} | {len(group.by_seed) for group in (first, second)}
    return first.by_seed.keys() == second.by_seed.keys() and len(sizes) == 1 and len(first.scores) >= MIN_VALUES
