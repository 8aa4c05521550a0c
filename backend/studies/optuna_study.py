"""Optuna's samplers, pruners and importance on a study in memory that is made of our rows each time.

The rows are the only truth: no result is kept by Optuna, and a restart proposes the same trial again. Optuna is
imported with this module, which is imported at the first proposal.
"""

import json
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import FanovaImportanceEvaluator, get_param_importances
from optuna.pruners import BasePruner, MedianPruner, SuccessiveHalvingPruner
from optuna.samplers import TPESampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from backend.studies.kinds import Search, Tpe
from backend.studies.space import Range
from backend.studies.trials import TrialRow

HALVING_FACTOR = 3
HALVING_RUNGS = 2  # after a ninth and after a third of the epochs
MEDIAN_STARTUP = 4  # finished trials before the first is pruned
FOREST = {"n_trees": 16, "max_depth": 8}  # 4 s for 500 trials; Optuna's 64 trees of depth 64 take a minute or more
STATES = {"finished": TrialState.COMPLETE, "pruned": TrialState.PRUNED, "failed": TrialState.FAIL}
STOPPED_STATES = {"stopped": TrialState.FAIL, "queued": TrialState.RUNNING, "running": TrialState.RUNNING}

Space = Mapping[str, list[Any] | Range]
Values = dict[str, Any]
Intermediate = Mapping[int, float]

optuna.logging.set_verbosity(optuna.logging.WARNING)


class OptunaStudy:
    """A study of our rows. `intermediate` holds the objective after each epoch of each trial, by its number."""

    def __init__(
        self,
        space: Space,
        whole: set[str],
        *,
        minimize: bool,
        trials: Sequence[TrialRow],
        intermediate: Mapping[int, Intermediate],
    ) -> None:
        self._space = space
        self._distributions = {path: _distribution(choice, path in whole) for path, choice in space.items()}
        self._minimize = minimize
        self._trials = trials
        self._intermediate = intermediate

    def propose(self, request: Tpe, number: int) -> Values:
        """Returns the values of trial `number`, the same ones each time for the same rows."""
        seed = random.Random(f"{request.seed} {number}").getrandbits(32)  # noqa: S311 - a search, not a secret
        sampler = TPESampler(seed=seed, n_startup_trials=request.startup, multivariate=True)
        study = self._study(sampler=sampler)
        study.add_trials([self._frozen(trial) for trial in self._trials])
        params = study.ask(fixed_distributions=self._distributions).params
        return {path: _value(choice, params[path]) for path, choice in self._space.items()}

    def prunes(self, request: Search, trial: TrialRow, epoch: int) -> bool:
        """Returns whether the pruner ends a trial after `epoch`."""
        pruner = _pruner(request, trial.epochs)
        study = self._study(pruner=pruner)
        study.add_trials([self._frozen(other) for other in self._trials if other.number != trial.number])
        study.add_trial(self._frozen(trial, until=epoch))
        return pruner.prune(study, study.get_trials(deepcopy=False)[-1])

    def importance(self) -> dict[str, float]:
        """Returns the share of each path in the variation of the objective (fANOVA), the largest first.

        Empty where there is no variation.
        """
        finished = [trial for trial in self._trials if trial.state == "finished"]
        if len({trial.value for trial in finished}) < 2:
            return {}
        study = self._study()
        study.add_trials([self._frozen(trial) for trial in finished])
        shares = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0, **FOREST))
        return {path: float(share) for path, share in shares.items()}

    def _study(self, **parts: Any) -> optuna.Study:
        return optuna.create_study(direction="minimize" if self._minimize else "maximize", **parts)

    def _frozen(self, trial: TrialRow, until: int | None = None) -> FrozenTrial:
        state = {**STATES, **STOPPED_STATES}[trial.state]
        steps = {
            epoch: value
            for epoch, value in self._intermediate.get(trial.number, {}).items()
            if until is None or epoch <= until
        }
        return create_trial(
            state=state,
            value=trial.value if state is TrialState.COMPLETE else None,
            params={path: _param(choice, trial.values[path]) for path, choice in self._space.items()},
            distributions=self._distributions,
            intermediate_values=steps,
            system_attrs=_rungs(steps, trial.epochs, before=until),
        )


def _pruner(request: Search, epochs: int) -> BasePruner:
    if request.pruner == "halving":
        return SuccessiveHalvingPruner(min_resource=_first_rung(epochs), reduction_factor=HALVING_FACTOR)
    return MedianPruner(n_startup_trials=MEDIAN_STARTUP, n_warmup_steps=max(1, epochs // 4))


def _first_rung(epochs: int) -> int:
    return max(1, round(epochs / int(HALVING_FACTOR**HALVING_RUNGS)))


def _rungs(steps: Intermediate, epochs: int, before: int | None) -> dict[str, float]:
    """Returns the rungs of successive halving that a trial has passed, as Optuna notes them: its value at each.

    Those from epoch `before` on are left out: Optuna is to judge them.
    """
    rungs: dict[str, float] = {}
    epoch: int = _first_rung(epochs)
    while epoch in steps and not math.isnan(steps[epoch]) and (before is None or epoch < before):
        rungs[f"completed_rung_{len(rungs)}"] = steps[epoch]
        epoch *= HALVING_FACTOR
    return rungs


def _distribution(choice: list[Any] | Range, whole: bool) -> BaseDistribution:
    if isinstance(choice, list):  # by position: Optuna takes no lists or objects, and numbers have an order
        places = len(choice)
        return IntDistribution(0, places - 1) if _are_numbers(choice) else CategoricalDistribution(range(places))
    high = choice.high if choice.step is None else choice.low + choice.steps * choice.step  # Optuna warns otherwise
    if whole:
        return IntDistribution(int(choice.low), int(high), log=choice.log, step=int(choice.step or 1))
    return FloatDistribution(choice.low, high, log=choice.log, step=choice.step)


def _param(choice: list[Any] | Range, value: Any) -> Any:
    """Returns what Optuna knows a value as: its place in a list, numbers in ascending order, or the number itself."""
    if isinstance(choice, Range):
        return value
    return [json.dumps(item) for item in _in_order(choice)].index(json.dumps(value))


def _value(choice: list[Any] | Range, param: Any) -> Any:
    return _in_order(choice)[param] if isinstance(choice, list) else param


def _in_order(values: list[Any]) -> list[Any]:
    return sorted(values) if _are_numbers(values) else values


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
