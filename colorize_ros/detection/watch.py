"""One candidate, watched: by light against a reference, in the dark against other candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Any

from colorize_ros.detection.consistency import Consistency, Matches
from colorize_ros.detection.verdict import (
    Bounds,
    Figure,
    Hysteresis,
    Level,
    RollingConsistency,
)

SHOWN = ('f1', 'precision', 'recall', 'count_agreement', 'mean_iou', 'score_difference')


@dataclass(frozen=True)
class Rules:
    """How candidates are judged.

    Attributes:
        window_s: how long a look counts.
        least_objects: fewer say nothing.
        by_light: bounds of F1 against the reference.
        in_the_dark: bounds of F1 against another candidate. Neither is the truth, so that they
            differ is a warning at worst.
    """

    window_s: float
    least_objects: int
    by_light: Bounds
    in_the_dark: Bounds


@dataclass(frozen=True)
class Circumstances:
    """What has to be known to say how a candidate is, now.

    Attributes:
        now_s: on the clock of the looks.
        no_reference: why there is no reference to compare with; '' where there is one.
        light_level: of the newest reference image.
        trouble: why there is nothing to be said of the candidate, with the remedy; '' if there is.
    """

    now_s: float
    no_reference: str
    light_level: float | None
    trouble: str


@dataclass(frozen=True)
class Statement:
    """What is said of a candidate."""

    level: Level
    message: str
    values: Mapping[str, Any]


class Watch:
    """Remembers how consistent one candidate was, and says what to think of it.

    One thread looks, another may ask.
    """

    def __init__(self, class_names: Sequence[str], classes: str | Sequence[str]) -> None:
        self._make = lambda: RollingConsistency(class_names, classes)
        self._rolling = {'': self._make()}
        self._newest: Figure | None = None
        self._by_day: Figure | None = None
        self._others: dict[str, Figure] = {}
        self._by_light, self._in_the_dark = Hysteresis(), Hysteresis()
        # When there was nothing to look at last; a look is not overdue from the moment on at which
        # the lights go on.
        self._idle_s = -math.inf

    def look(self, matches: Matches, at_s: float, rules: Rules) -> Consistency:
        """Take what was found in a reference and, matched with that, in the candidate."""
        self._newest = self._summed_up('', matches, at_s, rules)
        if self._newest.rests_on(rules.least_objects):
            self._by_day = self._newest
        return self._newest.consistency

    def compare(self, other: str, matches: Matches, at_s: float, rules: Rules) -> Consistency:
        """Take what was found in this candidate and in another one, either as the truth."""
        self._others[other] = self._summed_up(other, matches, at_s, rules)
        return self._others[other].consistency

    def state(self, now: Circumstances, rules: Rules) -> Statement:
        """Say how the candidate is."""
        if now.trouble or now.no_reference or (self._newest is None and math.isinf(self._idle_s)):
            self._idle_s = now.now_s
        if now.trouble:
            level, message = Level.WARN, now.trouble
        elif now.no_reference:
            level, message = self._without_reference(now, rules)
        else:
            level, message = self._with_reference(now, rules)
        return Statement(level, message, self._values(now, rules))

    def _summed_up(self, against: str, matches: Matches, at_s: float, rules: Rules) -> Figure:
        rolling = self._rolling.setdefault(against, self._make())
        return Figure(rolling.add(matches, at_s, rules.window_s), at_s)

    def _with_reference(self, now: Circumstances, rules: Rules) -> tuple[Level, str]:
        figure = self._newest
        if figure is None or now.now_s - figure.at_s > rules.window_s:
            waited_s = now.now_s - max(self._idle_s, -math.inf if figure is None else figure.at_s)
            if waited_s <= rules.window_s:
                return Level.OK, 'not looked at yet'
            return Level.WARN, (
                f'not compared with the reference for {waited_s:.0f} s, though images of both '
                'come: compare their stamps, then raise slop_s')
        if not figure.rests_on(rules.least_objects):
            return Level.OK, (f'too little to judge by: {figure.objects} objects, expected '
                              f'{rules.least_objects}')
        level = self._by_light.judge(figure.consistency.f1, rules.by_light)
        said = _described(figure)
        if level is not Level.OK:
            bound = (rules.by_light.error_below if level is Level.ERROR
                     else rules.by_light.warn_below)
            said += (f'; a detector finds in it too little of what the reference shows, or what '
                     f'that does not show (below {bound:g})')
        return level, said

    def _without_reference(self, now: Circumstances, rules: Rules) -> tuple[Level, str]:
        said = [now.no_reference]
        if self._by_day is not None:
            said.append(f'by day F1 {self._by_day.consistency.f1:.2f}, '
                        f'{now.now_s - self._by_day.at_s:.0f} s ago')
        others = self._fresh_others(now, rules)
        if not others:
            return Level.WARN, '; '.join([*said, 'no other candidate to compare it with'])
        telling = {name: figure for name, figure in others.items()
                   if figure.rests_on(rules.least_objects)}
        if not telling:
            return Level.OK, '; '.join([*said, 'too little to compare the candidates by'])
        best = max(telling, key=lambda name: telling[name].consistency.f1)
        level = self._in_the_dark.judge(telling[best].consistency.f1, rules.in_the_dark)
        verb = 'agrees' if level is Level.OK else 'does not agree'
        return level, '; '.join([*said, f'{verb} with {best}: {_described(telling[best])}'])

    def _fresh_others(self, now: Circumstances, rules: Rules) -> dict[str, Figure]:
        return {name: figure for name, figure in dict(self._others).items()
                if now.now_s - figure.at_s <= rules.window_s}

    def _values(self, now: Circumstances, rules: Rules) -> dict[str, Any]:
        values: dict[str, Any] = {'window_s': rules.window_s, 'light_level': now.light_level}
        newest, by_day = self._newest, self._by_day
        if newest is not None and now.now_s - newest.at_s <= rules.window_s and not (
                now.no_reference or now.trouble):
            consistency = newest.consistency
            values['ap'] = consistency.mean_ap
            values.update({name: getattr(consistency, name) for name in SHOWN})
            values.update(truths=sum(consistency.truths.values()),
                          found=sum(consistency.found.values()), images=consistency.images)
        if by_day is not None:
            values.update(by_day_f1=by_day.consistency.f1, by_day_ap=by_day.consistency.mean_ap,
                          by_day_age_s=now.now_s - by_day.at_s)
        values.update({f'f1_with_{name}': figure.consistency.f1
                       for name, figure in self._fresh_others(now, rules).items()})
        return values


def _described(figure: Figure) -> str:
    return (f'F1 {figure.consistency.f1:.2f} over {figure.objects} objects in '
            f'{figure.consistency.images} images')
