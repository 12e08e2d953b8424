"""The classes that detectors name, and the lists of them that consistency is judged on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from colorize_ros.errors import ConfigurationError

COCO_CLASSES = (
    'person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat',
    'traffic light', 'fire hydrant', 'stop sign', 'parking meter', 'bench', 'bird', 'cat', 'dog',
    'horse', 'sheep', 'cow', 'elephant', 'bear', 'zebra', 'giraffe', 'backpack', 'umbrella',
    'handbag', 'tie', 'suitcase', 'frisbee', 'skis', 'snowboard', 'sports ball', 'kite',
    'baseball bat', 'baseball glove', 'skateboard', 'surfboard', 'tennis racket', 'bottle',
    'wine glass', 'cup', 'fork', 'knife', 'spoon', 'bowl', 'banana', 'apple', 'sandwich',
    'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut', 'cake', 'chair', 'couch',
    'potted plant', 'bed', 'dining table', 'toilet', 'tv', 'laptop', 'mouse', 'remote',
    'keyboard', 'cell phone', 'microwave', 'oven', 'toaster', 'sink', 'refrigerator', 'book',
    'clock', 'vase', 'scissors', 'teddy bear', 'hair drier', 'toothbrush')
"""The 80 classes of COCO 2017, in the order of every detector that is trained on it."""

OTHER_SPELLINGS = {
    'aeroplane': 'airplane', 'diningtable': 'dining table', 'fridge': 'refrigerator',
    'motorbike': 'motorcycle', 'pottedplant': 'potted plant', 'sofa': 'couch',
    'table': 'dining table', 'tvmonitor': 'tv'}
"""What Darknet's list and the paper's Table 3 call a class of COCO."""

CLASS_LISTS: dict[str, tuple[str, ...]] = {
    'nyu': ('chair', 'couch', 'bed', 'tv', 'dining table', 'person', 'sink', 'refrigerator',
            'toilet', 'oven'),
    'scenenet': ('chair', 'toilet', 'bench', 'bowl', 'potted plant'),
    'coco': COCO_CLASSES,
}
"""By name: the ten and the five classes of Table 3 of "Colorization of Depth Map via
Disentanglement" (Lai et al. 2020), and all of COCO."""


def spelled_as_coco(name: str) -> str:
    """Give COCO's spelling of a class, or the name itself where COCO has no such class."""
    return OTHER_SPELLINGS.get(name, name)


def choose_classes(classes: str | Sequence[str], class_names: Sequence[str]) -> tuple[int, ...]:
    """Find the classes that are asked for among those that a detector knows.

    Args:
        classes: the name of a list of CLASS_LISTS, or names of classes; in a sequence both.
        class_names: the detector's, in the order of its labels.

    Returns:
        Their labels, each once, in the order asked for.

    Raises:
        ConfigurationError: none is asked for, or one that the detector does not know.
    """
    return _chosen((classes,) if isinstance(classes, str) else tuple(classes), tuple(class_names))


@lru_cache(maxsize=16)
def _chosen(asked: tuple[str, ...], class_names: tuple[str, ...]) -> tuple[int, ...]:
    names = [spelled_as_coco(name) for entry in asked for name in CLASS_LISTS.get(entry, (entry,))]
    known = {spelled_as_coco(name): label for label, name in enumerate(class_names)}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise ConfigurationError(
            f'classes are {list(asked)!r}, of which the detector does not know '
            f'{unknown or "any"}; expected one of {", ".join(CLASS_LISTS)}, or of its own '
            f'classes: {", ".join(class_names)}')
    return tuple(dict.fromkeys(known[name] for name in names))
