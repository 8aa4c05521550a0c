"""The board under check, its images, and what it trains for a check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from backend.nvidia_smi import Gpu, list_gpus
from benchmarks.measuring.board import Board, is_idle
from benchmarks.notebook.comparison import Comparison, Training, train_on_board

TRAIN_IMAGES, TEST_IMAGES = 6_400, 1_280


@dataclass(frozen=True)
class Machine:
    """`images` maps the datasets of the recipes to names on the board. `gpus` is empty where the processor trains."""

    board: Board
    images: dict[str, str]
    gpus: Sequence[Gpu]
    smoke: bool = False

    @property
    def epochs(self) -> int:
        """Returns how many epochs, of 0.1 s at most, outlast a kill or `nvidia-smi` in their middle (up to 2 s)."""
        return 24 if self.smoke else 60

    @property
    def kind(self) -> str:
        return "gpu" if self.gpus else "cpu"

    def recipes(self) -> list[str]:
        names = [recipe["name"] for recipe in self.board.get("/api/recipes")["items"]]
        return ["digits-quick", "cifar-strided"] if self.smoke else names

    def dataset(self, recipe: str) -> dict[str, Any]:
        """Returns the recipe's dataset, or its stand-in, with a part of the images."""
        dataset = self.board.recipe(recipe)["dataset"]
        name = self.images.get(dataset["name"], dataset["name"])
        train = min(dataset["train_limit"] or TRAIN_IMAGES, TRAIN_IMAGES)
        return {"name": name, "train_limit": train, "test_limit": TEST_IMAGES}

    def train(self, recipe: str, epochs: int, **changes: Any) -> Training:
        """Trains a recipe on this machine's device, with a warm trainer. The seconds are those of the whole `fit`."""
        dataset = self.dataset(recipe)
        changes = {"dataset": dataset, **changes}
        training = train_on_board(self.board, Comparison("", recipe, dataset["name"], epochs, None, changes=changes), 1)
        slot = self.board.get("/api/runs?limit=1")["items"][0]["slot"]
        assert slot.startswith(self.kind), f"{recipe} was trained on {slot}"
        return training

    def slots(self) -> list[Any]:
        return [slot for worker in self.board.get("/api/workers")["items"] for slot in worker["slots"]]

    def wait_for_trainers(self) -> None:
        """Waits until the next trainer of each slot has imported Keras and is idle."""

        def are_idle() -> bool:
            trainers = self.board.trainers()
            return len(trainers) >= len(self.slots()) and all(map(is_idle, trainers))

        if not self.smoke:
            self.board.wait(are_idle, 120, "a warm trainer for each slot")

    def memory(self) -> list[tuple[int, int]]:
        """Returns the bytes in use and in all of each GPU, or without one of the machine."""
        if not self.gpus:
            memory = psutil.virtual_memory()
            return [(memory.total - memory.available, memory.total)]
        return [(gpu.memory_used or 0, gpu.memory_total or 1) for gpu in list_gpus()]
