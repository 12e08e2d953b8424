"""What `stereo_colorizer` says of its pair: the color side, the rows, the sides, the reach."""
from __future__ import annotations

from collections import Counter
import time
from typing import Protocol

from colorize_ros.nodes.diagnostics import Finding
from colorize_ros.pipelines import PairWatch

# A frame that is lost now and then is no trouble of the color side.
MISSED_FOR_S = 1.0
CONSEQUENCES = {
    'gray': 'mono images go out gray',
    'hold': 'mono images go out with colors held for {hold_for_s:g} s, then gray',
    'nothing': 'nothing goes out'}


class ColorParameters(Protocol):
    """The parameters that matter here."""

    @property
    def when_color_is_missing(self) -> str:
        """What becomes of a mono image without a color image."""

    @property
    def hold_for_s(self) -> float:
        """How long colors are held."""

    @property
    def slop_s(self) -> float:
        """How far stamps may be apart."""


class ColorSide:
    """Counts which mono images got a color image; the worker counts, the executor asks.

    Attributes:
        unusable: whether a color image that came last could not be used.
    """

    def __init__(self) -> None:
        self.unusable = False
        self._outcomes: Counter[str] = Counter()
        self._missing_since_s: float | None = None
        self._missing_s = 0.0

    def came(self) -> None:
        """Note a mono image with its color image."""
        self._outcomes['colored'] += 1
        self.unusable, self._missing_since_s, self._missing_s = False, None, 0.0

    def missed(self, outcome: str) -> None:
        """Note a mono image without one, and what became of it: held, gray or left out."""
        self._outcomes[outcome] += 1
        now_s = time.monotonic()
        if self._missing_since_s is None:
            self._missing_since_s = now_s
        self._missing_s = now_s - self._missing_since_s

    @property
    def may_still_begin(self) -> bool:
        """Whether the first color image may still be on its way: both cameras have just begun."""
        return not self._outcomes['colored'] and self._missing_s < MISSED_FOR_S

    def finding(self, topic: str, silent_s: float, parameters: ColorParameters) -> Finding:
        """Say what is wrong with the color side, and what goes out meanwhile.

        Args:
            topic: of the color images.
            silent_s: since the last message on it.
            parameters: of the node.
        """
        values, missing_s = dict(self._outcomes), self._missing_s
        if missing_s < MISSED_FOR_S:
            return Finding('color side', False, f'{values.get("colored", 0)} of '
                           f'{sum(values.values())} mono images had a color image', values)
        if silent_s >= MISSED_FOR_S:
            reason = (f'nothing comes on {topic}; does the color camera run, and is the topic '
                      'remapped to it?')
        elif self.unusable:
            reason = f'the images of {topic} cannot be used; see the last error of inference'
        else:
            reason = (f'images come on {topic}, but none within {parameters.slop_s:g} s of a mono '
                      'image; compare the stamps, then raise slop_s or set color_offset_s')
        consequence = CONSEQUENCES[parameters.when_color_is_missing].format(
            hold_for_s=parameters.hold_for_s)
        return Finding('color side', True,
                       f'no color image for {missing_s:.0f} s, so {consequence}: {reason}', values)


def rows_finding(watch: PairWatch, doubt: str) -> Finding:
    """Say whether the rows of the two images match; what is measured counts before a doubt.

    Args:
        watch: measures it.
        doubt: why they may not match.
    """
    rows, complaint = watch.rows, watch.rows_complaint()
    values: dict[str, float] = {'looks': watch.looks}
    if rows is None:
        if watch.looks and doubt:
            return Finding('rows', True, f'the rows of the two images may not match: {doubt}. '
                           'Calibrate both cameras as a pair and rectify both images', values)
        return Finding('rows', False, 'the images have too little in common to see whether their '
                       'rows match' if watch.looks else 'not looked at yet', values)
    values.update(offset_px=rows.offset_px, nine_of_ten_below_px=rows.error_px,
                  points=rows.matches)
    return Finding('rows', bool(complaint), complaint or (
        f'rows match: nine of ten points are off by less than {rows.error_px:.1f} px'), values)


def sides_finding(watch: PairWatch, mono_is: str, source: str) -> Finding:
    """Say on which side the mono camera is, and if the images contradict.

    Args:
        watch: has looked at the images.
        mono_is: 'left' or 'right'.
        source: who says so.
    """
    complaint = watch.side_complaint(mono_is)
    values = {} if watch.rows is None else {'disparity_px': watch.rows.disparity_px}
    return Finding('sides', bool(complaint),
                   complaint or f'mono is the {mono_is} camera, {source}', values)


def reach_finding(watch: PairWatch, disparities: int) -> Finding:
    """Say whether the network can follow what is near.

    Args:
        watch: has looked at the images.
        disparities: the largest disparity that the network searches, pixels.
    """
    complaint = watch.reach_complaint(disparities)
    values: dict[str, float] = {'searched_px': disparities}
    if watch.rows is not None:
        values['nine_of_ten_below_px'] = watch.rows.reach_px
    return Finding('reach', bool(complaint), complaint or f'disparities up to {disparities} px '
                   'are searched', values)
