"""How pixels are scaled and images varied: the trainer's own functions, made for one spec."""

from dataclasses import replace

from backend.script.lift import Case, lift, lift_constant
from backend.script.part import Given, Part
from backend.script.words import literal
from backend.spec import Augmentation

SCALING = "worker/training/scaling.py"
AUGMENTATION = "worker/training/augmentation.py"
RESAMPLES = ("zoom", "width_shift", "height_shift", "rotation")
RANGES = (*RESAMPLES, "brightness", "contrast", "cutout")


def scaling_part(given: Given) -> Part:
    scaling = given.spec.preprocessing.scaling
    standard = scaling == "standard"
    case = Case(
        replace={"statistics.mean": "mean", "statistics.deviation": "deviation"},
        known={"name": scaling, "statistics": 1 if standard else None},
        parameters={"scale": "images, mean, deviation" if standard else "images"},
    )
    scale = lift(SCALING, "scale", case)
    if scaling == "none":
        scale = scale.replace(
            "    pixels = tf.cast(images, tf.float32)\n    return pixels", "    return tf.cast(images, tf.float32)"
        )
    imports = {"import tensorflow as tf"}
    if not standard:
        return Part(imports=imports, code=[scale])
    as_pair = "PixelStatistics(mean=tuple(mean.tolist()), deviation=tuple(deviation.tolist()))"
    measure = lift(SCALING, "measure", Case(replace={as_pair: "tuple(mean.tolist()), tuple(deviation.tolist())"}))
    fixed = [lift_constant(SCALING, name) for name in ("IMAGES_AT_ONCE", "LEVELS")]
    return Part(imports | {"import numpy as np"}, [], [scale, measure, lift(SCALING, "_levels")], fixed)


def augmentation_part(given: Given) -> Part:
    asked = given.spec.augmentation
    if asked is None:
        return Part()
    case, wanted = _case(asked), _functions(asked)
    imports = {"import tensorflow as tf", "from types import SimpleNamespace"}
    if asked.rotation:
        imports.add("import math")
    constants = [f"{name.upper()} = {literal(getattr(asked, name))}" for name in RANGES if getattr(asked, name)]
    if _resamples(asked):
        constants.append(f"FILL_MODE = {literal(asked.fill_mode)}")
    top = lift(AUGMENTATION, "augment", _of_augment(asked, case))
    fixed = [lift_constant(AUGMENTATION, name) for name in ("DRAWS", *(["MID_GREY"] if asked.cutout else []))]
    return Part(imports, constants, [top, *(lift(AUGMENTATION, name, case) for name in wanted)], fixed)


def _sides(asked: Augmentation) -> list[str]:
    """Of what is drawn in pixels, how many there are."""
    needed = {"height": asked.height_shift or asked.cutout, "width": asked.width_shift or asked.cutout}
    return [side for side, wanted in needed.items() if wanted]


def _of_augment(asked: Augmentation, case: Case) -> Case:
    sides = _sides(asked)
    axes = [f"images.shape[{1 if side == 'height' else 2}]" for side in sides]
    asks = f"{', '.join(sides)} = {', '.join(axes)}" if sides else ""
    return replace(case, replace={**case.replace, "height, width = (images.shape[1], images.shape[2])": asks})


def _resamples(asked: Augmentation) -> bool:
    return any(getattr(asked, name) for name in RESAMPLES)


def _recolours(asked: Augmentation) -> bool:
    return bool(asked.brightness or asked.contrast)


def _functions(asked: Augmentation) -> list[str]:
    """Those that this augmentation needs, each after the one that calls it."""
    flips = asked.horizontal_flip or asked.vertical_flip
    needed = {
        "draw": True,
        "_around": any(getattr(asked, name) for name in (*RESAMPLES, "brightness", "contrast")),
        "varied": True,
        "_resampled": _resamples(asked),
        "_matrices": _resamples(asked),
        "_mirrored": flips and not _resamples(asked),
        "_recoloured": _recolours(asked),
        "_cut_out": bool(asked.cutout),
        "_near": bool(asked.cutout),
        "_by_image": (flips and not _resamples(asked)) or _recolours(asked),
    }
    return [name for name, wanted in needed.items() if wanted]


def _case(asked: Augmentation) -> Case:
    drawn = {
        "flip_x": asked.horizontal_flip,
        "flip_y": asked.vertical_flip,
        **dict.fromkeys(("zoom_x", "zoom_y"), asked.zoom),
        "shift_x": asked.width_shift,
        "shift_y": asked.height_shift,
        "rotation": asked.rotation,
        "brightness": asked.brightness,
        "contrast": asked.contrast,
        "cutout_side": asked.cutout,
    }
    texts = {f"given.{name}": name.upper() for name in RANGES}
    texts["Variation"] = "SimpleNamespace"
    sides = _sides(asked)
    texts["varied(images, draw(seeds, augmentation, height, width), augmentation.fill_mode)"] = (
        f"varied(images, draw({', '.join(['seeds', *sides])}))"
    )
    texts["_resampled(tf.cast(images, tf.float32), variation, fill_mode)"] = (
        "resampled(tf.cast(images, tf.float32), variation)"
    )
    texts["fill_mode.upper()"] = "FILL_MODE.upper()"
    if not (asked.horizontal_flip or asked.vertical_flip):
        texts["_mirrored(images, variation)"] = "images"
    return Case(
        replace=texts,
        parameters={"draw": ", ".join(["seeds", *sides])},
        known={
            **{f"given.{name}": getattr(asked, name) for name in (*RANGES, "horizontal_flip", "vertical_flip")},
            **{f"variation.{name}": 1 if value else None for name, value in drawn.items()},
            "variation.resamples": _resamples(asked),
            "variation.recolours": _recolours(asked),
        },
        drop=("augmentation", "given", "fill_mode"),
    )
