"""Which messages belong together: stamps in, sets out, in pure Python."""

from __future__ import annotations

from colorize_ros.pairing.matcher import ApproximateTimeMatcher, MatchedSet
from colorize_ros.pairing.statistics import PairingStatistics

__all__ = ['ApproximateTimeMatcher', 'MatchedSet', 'PairingStatistics']
