"""Is in one image what a detector sees in another? The measure of paper 000, section 4.4.

What is found in the reference image is the truth, what is found in the colorized one is judged by
it, class by class, as COCO does: a box is right where it overlaps a truth of its class that no
better-scored box has taken, by an IoU of at least 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.detection.average_precision import average_precision
from colorize_ros.detection.class_names import choose_classes, CLASS_LISTS
from colorize_ros.detection.detections import Detections, overlaps

__all__ = ['CLASS_LISTS', 'Consistency', 'Matches', 'compare', 'match', 'summarize']


@dataclass(frozen=True, eq=False)
class Matches:
    """Which boxes of one image are also in the other.

    Attributes:
        truth: what is found in the reference, N boxes.
        found: what is found in the image that is judged, M boxes.
        partner: (M,) int64, the truth that a found box has matched, or -1.
        iou: (M,) float64, how well; 0 where it has none.
    """

    truth: Detections
    found: Detections
    partner: NDArray[np.int64]
    iou: NDArray[np.float64]

    @property
    def matched(self) -> NDArray[np.bool_]:
        """(M,): which of the found boxes have a truth."""
        return np.asarray(self.partner >= 0)

    @property
    def missed(self) -> NDArray[np.bool_]:
        """(N,): which of the truths nobody has matched."""
        missed = np.ones(len(self.truth), bool)
        missed[self.partner[self.matched]] = False
        return missed


@dataclass(frozen=True)
class Consistency:
    """How well two lots of detections agree. NaN is what nothing says anything about.

    Attributes:
        ap: average precision of each class (COCO's, at one IoU); NaN of a class without truths.
        truths: how many boxes of each class there are in the references.
        found: how many in the images that are judged.
        precision: share of the found boxes that are right, all classes together.
        recall: share of the truths that are found.
        f1: their harmonic mean.
        count_agreement: of each image's number of boxes of each class, the smaller of the two over
            the larger, all summed up: 1 where all counts are equal.
        mean_iou: of the matched boxes.
        score_difference: mean over the matched boxes of the found score minus the truth's; below
            0 where the detector is less sure of what it is shown.
        images: how many there are.
    """

    ap: dict[str, float]
    truths: dict[str, int]
    found: dict[str, int]
    precision: float
    recall: float
    f1: float
    count_agreement: float
    mean_iou: float
    score_difference: float
    images: int

    @property
    def mean_ap(self) -> float:
        """Mean over the classes that have a truth."""
        return self.mean_ap_over()

    def mean_ap_over(self, least_truths: int = 1) -> float:
        """Mean over the classes that have at least so many truths; NaN where none has."""
        least = max(least_truths, 1)
        return _mean([ap for name, ap in self.ap.items() if self.truths[name] >= least])


def match(truth: Detections, found: Detections, iou: float = 0.5) -> Matches:
    """Give each found box, best score first, the free truth of its class that it overlaps most.

    Args:
        truth: of the reference image.
        found: of the other one, the same size.
        iou: the least intersection over union that counts.
    """
    over = np.where(found.labels[:, None] == truth.labels[None], overlaps(
        found.boxes, truth.boxes), -1.0)
    partner, best = np.full(len(found), -1, np.int64), np.zeros(len(found))
    least = min(iou, 1 - 1e-10)
    for index in np.argsort(-found.scores, kind='stable') if len(truth) else ():
        # Of equals the last, as COCO's own code has it.
        chosen = over.shape[1] - 1 - int(over[index, ::-1].argmax())
        if over[index, chosen] >= least:
            partner[index], best[index] = chosen, over[index, chosen]
            over[:, chosen] = -1
    return Matches(truth, found, partner, best)


def compare(pairs: Sequence[tuple[Detections, Detections]], class_names: Sequence[str],
            classes: str | Sequence[str] = 'coco', *, iou: float = 0.5) -> Consistency:
    """Measure how far a detector finds in some images what it finds in their references.

    Args:
        pairs: of each image the truth (what is found in the reference), and what is found in it.
        class_names: the detector's, in the order of its labels.
        classes: those that count: a name in CLASS_LISTS, or names of classes.
        iou: the least intersection over union that counts.

    Raises:
        ConfigurationError: a class that the detector does not know.
    """
    return summarize([match(truth, found, iou) for truth, found in pairs], class_names, classes)


def summarize(matches: Sequence[Matches], class_names: Sequence[str],
              classes: str | Sequence[str] = 'coco') -> Consistency:
    """Do as `compare` does with pairs that are matched already."""
    labels = choose_classes(classes, class_names)
    chosen = np.array(labels)
    wanted = _counts([each.truth for each in matches], len(class_names))[:, chosen]
    given = _counts([each.found for each in matches], len(class_names))[:, chosen]
    label = _joined([each.found.labels for each in matches])
    scores = _joined([each.found.scores for each in matches])
    partner = _joined([each.partner for each in matches]).astype(np.int64)
    right = partner >= 0
    truths = {class_names[one]: count for one, count in zip(labels, wanted.sum(0).tolist())}
    # Of 80 classes few are in sight, and a monitor does this all the time.
    ap = {name: average_precision(scores[label == one], right[label == one], count)
          if count else math.nan for (name, count), one in zip(truths.items(), labels)}
    counted = right & np.isin(label, chosen)
    hits = int(counted.sum())
    before = np.cumsum([0, *(len(each.truth) for each in matches)])[:-1]
    told = _joined([each.truth.scores for each in matches])
    offsets = np.repeat(before, [len(each.found) for each in matches])
    differences = scores[counted] - told[(partner + offsets)[counted]]
    return Consistency(
        ap=ap, truths=truths, found=dict(zip(truths, given.sum(0).tolist())),
        precision=_share(hits, given.sum()), recall=_share(hits, wanted.sum()),
        f1=_share(2 * hits, wanted.sum() + given.sum()),
        count_agreement=_share(np.minimum(wanted, given).sum(), np.maximum(wanted, given).sum()),
        mean_iou=_mean(_joined([each.iou for each in matches])[counted]),
        score_difference=_mean(differences), images=len(matches))


def _counts(images: Sequence[Detections], classes: int) -> NDArray[np.int64]:
    """Count the boxes of each class in each image, (images, classes)."""
    image = np.repeat(np.arange(len(images)), [len(each) for each in images])
    label = _joined([each.labels for each in images]).astype(np.int64)
    counted = np.bincount(image * classes + label, minlength=len(images) * classes)
    return counted.reshape(len(images), classes)


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float('nan')


def _mean(values: Sequence[float] | NDArray[Any]) -> float:
    return float(np.mean(values)) if len(values) else float('nan')
