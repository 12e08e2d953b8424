"""Untrained models on disk, for tests that need one."""

from colorize_ros.networks.depth_completion import PaperDepthCompletion, RobotDepthCompletion
from colorize_ros.networks.depth_super_resolution import RobotDepthSuperResolution
from colorize_ros.networks.nir_color import RobotNirColorizer
from colorize_ros.pipelines.models import write_model


def write_completion(folder, preset='robot'):
    """Write an untrained completion model and give the path of its weights."""
    network = RobotDepthCompletion() if preset == 'robot' else PaperDepthCompletion()
    return write_model(folder, network.state_dict(), {
        'pipeline': 'depth-completion', 'preset': preset,
        'architecture': type(network).__name__, 'arguments': {}})


def write_super_resolution(folder):
    """Write an untrained super-resolution model and give the path of its weights."""
    return write_model(folder, RobotDepthSuperResolution().state_dict(), {
        'pipeline': 'depth-super-resolution', 'preset': 'robot',
        'architecture': 'RobotDepthSuperResolution', 'arguments': {}})


def write_nir(folder):
    """Write an untrained colorizer (it makes gray pictures) and give the path of its weights."""
    return write_model(folder, RobotNirColorizer().state_dict(), {
        'pipeline': 'nir', 'preset': 'robot', 'architecture': 'RobotNirColorizer',
        'arguments': {}})
