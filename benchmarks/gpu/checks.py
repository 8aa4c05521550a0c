"""The checks in their order. Each yields figures and raises an AssertionError whose message says what is wrong."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from benchmarks.gpu.machine import TRAIN_IMAGES, Machine
from benchmarks.measuring.figure import Figure
from benchmarks.notebook.comparison import Comparison, compare
from tests.support.service.program import slow_spec

Check = Callable[[Machine], Iterator[Figure]]

COUNT_DEVICES = "import sys, tensorflow as tf; print(len(tf.config.list_physical_devices(sys.argv[1].upper())))"
PRECISIONS = ("mixed_float16", "mixed_bfloat16")
ACCURACY_TOLERANCE = 0.1  # between precisions, after few epochs on few images
AUGMENTED_BUDGET = 0.5  # of the time with ImageDataGenerator, which the processor computes
MEMORY_SHARE_BUDGET = 0.5  # of a GPU while a small network trains: TensorFlow takes all of it by default
KEPT_MEMORY_BUDGET_MIB = 256.0  # by which memory may rise from one small run to the next
TWO_RUNS_BUDGET = 1.3  # of the time of one run: both share the processor


def tensorflow_finds_the_devices(machine: Machine) -> Iterator[Figure]:
    command = (sys.executable, "-c", COUNT_DEVICES, machine.kind)
    count = int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1])
    assert count == max(len(machine.gpus), 1), (
        f"TensorFlow finds {count} devices of {len(machine.gpus)}: is it built for CUDA?"
    )
    yield Figure(f"{machine.kind}s that TensorFlow finds", count, "devices")


def each_gpu_is_a_slot(machine: Machine) -> Iterator[Figure]:
    """A trainer sees its slot's GPU alone, by UUID: indexes change when a card fails."""
    names = {slot["name"] for slot in machine.slots() if slot["kind"] == machine.kind and slot["error"] is None}
    expected = {f"gpu-{gpu.index}" for gpu in machine.gpus} or {"cpu-0"}
    assert names == expected, f"the slots are {sorted(names)}, not {sorted(expected)}"
    visible = {process.environ()["CUDA_VISIBLE_DEVICES"] for process in machine.board.trainers()}
    uuids = {gpu.uuid for gpu in machine.gpus} or {"-1"}
    assert visible <= uuids, f"trainers see {sorted(visible)}, not one of {sorted(uuids)}"
    yield Figure("slots", len(names), "slots", None, {"devices": sorted(slot["device"] for slot in machine.slots())})


def each_recipe_trains(machine: Machine) -> Iterator[Figure]:
    for recipe in machine.recipes():
        training = machine.train(recipe, 1 if machine.smoke else 2)
        details = {"val_accuracy": training["val_accuracy"], "dataset": machine.dataset(recipe)["name"]}
        yield Figure(f"fit of {recipe}", training["seconds"], "s", None, details)


def mixed_precision(machine: Machine) -> Iterator[Figure]:
    recipe, epochs = ("cifar-strided", 1) if machine.smoke else ("cifar-batchnorm", 4)
    full = machine.train(recipe, epochs, precision="float32")
    for precision in PRECISIONS[: 1 if machine.smoke else None]:
        mixed = machine.train(recipe, epochs, precision=precision)
        details = {"float32": full, precision: mixed}
        yield Figure(f"{recipe} in {precision} ÷ float32", mixed["seconds"] / full["seconds"], "ratio", None, details)
        lost = full["val_accuracy"] - mixed["val_accuracy"]
        assert machine.smoke or lost <= ACCURACY_TOLERANCE, f"{precision} lost {lost:.3f} of the accuracy"


def augmentation(machine: Machine) -> Iterator[Figure]:
    recipe = "cifar-augmented"
    limit, epochs = (20, 1) if machine.smoke else (TRAIN_IMAGES, 3)
    name = machine.dataset(recipe)["name"]
    budget = None if machine.smoke or not machine.gpus else AUGMENTED_BUDGET
    comparison = Comparison(recipe, recipe, name, epochs, budget, limit)
    yield from compare(machine.board, comparison, 1 if machine.smoke else 2, [])


def a_killed_trainer_resumes(machine: Machine) -> Iterator[Figure]:
    """The history of a run whose trainer was killed equals that of an undisturbed one, on the same device."""
    board, histories = machine.board, []
    for killed in (False, True):
        run_id = board.launch(spec=slow_spec(machine.epochs))
        if killed:
            board.at_epoch(run_id, 3)
            board.trainer().kill()
        run = board.ended(run_id, 300)
        assert (run["status"], run["attempt"]) == ("finished", 2 if killed else 1), f"{run['status']}: {run['error']}"
        histories.append(board.get(f"/api/runs/{run_id}/metrics"))
    assert histories[1]["epochs"] == list(range(1, machine.epochs + 1)), f"epochs {histories[1]['epochs']}"
    undisturbed, resumed = (history["series"] for history in histories)
    difference = max(
        abs(a - b)
        for name in undisturbed
        if name != "seconds"
        for a, b in zip(undisturbed[name], resumed[name], strict=True)
    )
    yield Figure("killed and resumed, largest difference to an undisturbed run", difference, "metric", 0.0)


def memory_grows_as_needed(machine: Machine) -> Iterator[Figure]:
    board, ends = machine.board, []
    for _ in range(2):
        run_id = board.launch(spec=slow_spec(machine.epochs))
        board.at_epoch(run_id, 3)
        share = max(used / total for used, total in machine.memory())
        board.ended(run_id, 300)
        machine.wait_for_trainers()
        ends.append(sum(used for used, _ in machine.memory()))
    budgets = (MEMORY_SHARE_BUDGET, KEPT_MEMORY_BUDGET_MIB) if machine.gpus else (None, None)
    yield Figure("memory while a small network trains", share, "share of a device", budgets[0])
    yield Figure("memory kept from one run to the next", (ends[1] - ends[0]) / 2**20, "MiB", budgets[1])


def two_runs_on_two_slots(machine: Machine) -> Iterator[Figure]:
    if len(machine.slots()) < 2:
        print("left out: two runs at once, because this machine has one slot.", file=sys.stderr, flush=True)
        return
    one, _ = together(machine, 1)
    two, slots = together(machine, 2)
    assert len(slots) == 2, f"both runs were trained on {slots}"
    yield Figure("two runs on two slots ÷ one run", two / one, "ratio", TWO_RUNS_BUDGET, {"slots": sorted(slots)})


def together(machine: Machine, count: int) -> tuple[float, set[str]]:
    """Returns the seconds that `count` runs launched at once took, and the slots that trained them."""
    machine.wait_for_trainers()
    started = time.perf_counter()
    run_ids = [machine.board.launch(spec={**slow_spec(machine.epochs), "seed": seed}) for seed in range(count)]
    runs = [machine.board.ended(run_id, 300) for run_id in run_ids]
    return time.perf_counter() - started, {run["slot"] for run in runs}


CHECKS: tuple[Check, ...] = (
    tensorflow_finds_the_devices,
    each_gpu_is_a_slot,
    a_killed_trainer_resumes,
    memory_grows_as_needed,
    two_runs_on_two_slots,
    mixed_precision,
    augmentation,
    each_recipe_trains,
)
