"""Trained networks made usable: NumPy in, NumPy out."""

from colorize_ros.pipelines.depth_color import Appearance, DepthColorizer
from colorize_ros.pipelines.depth_completion import DepthCompleter, EnhancedDepth
from colorize_ros.pipelines.depth_super_resolution import DepthUpsampler
from colorize_ros.pipelines.held_chroma import gray_picture, HeldChroma
from colorize_ros.pipelines.images import fit_guide
from colorize_ros.pipelines.models import find_model, ModelInfo
from colorize_ros.pipelines.nir import NirColorizer
from colorize_ros.pipelines.pair_watch import PairWatch
from colorize_ros.pipelines.place_memory import PlaceMemory
from colorize_ros.pipelines.reference_memory import ReferenceMemory
from colorize_ros.pipelines.reference_store import read_reference, ReferenceStore
from colorize_ros.pipelines.references import Reference
from colorize_ros.pipelines.stereo import StereoColorizer

__all__ = [
    'Appearance', 'DepthColorizer', 'DepthCompleter', 'DepthUpsampler', 'EnhancedDepth',
    'HeldChroma', 'ModelInfo', 'NirColorizer', 'PairWatch', 'PlaceMemory', 'Reference',
    'ReferenceMemory', 'ReferenceStore', 'StereoColorizer', 'find_model', 'fit_guide',
    'gray_picture', 'read_reference']
