"""What the command promises: it calls its room, and says what the user can mend in one line."""

from importlib import import_module
from pathlib import Path
import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from colorize_ros import cli, info
from colorize_ros.errors import ColorizeError, ConfigurationError, DataError, MissingExtraError


class Calls:
    """Stands for a room: takes any call, and remembers it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.made: list[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = []
        self.error = error

    def room(self, module: str) -> Any:
        return SimpleNamespace(**{name: self._function(module, name) for name in (
            'run_demo', 'simulate', 'simulate_dataset', 'make_bag', 'train', 'evaluate',
            'depth_completion', 'depth_super_resolution', 'stereo', 'depth_color', 'Launch')})

    def _function(self, module: str, name: str) -> Any:
        def called(*args: Any, **options: Any) -> None:
            self.made.append((module, name, args, options))
            if self.error:
                raise self.error
        return called


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    made = Calls()
    monkeypatch.setattr(cli, 'import_module', made.room)
    return made


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    return int(ended.value.code or 0)


@pytest.mark.parametrize('task', list(cli.Task))
@pytest.mark.parametrize('verb', ['train', 'evaluate'])
def test_each_task_is_found_by_its_name(calls: Calls, verb: str, task: cli.Task):
    ended = run(verb, task.value, '--data', 'somewhere', '--out', 'results')
    if (verb, task) == ('train', cli.Task.CONSISTENCY):
        assert ended == 2
        return
    assert ended == 0
    module, name, _, _ = calls.made[-1]
    room = {'train': 'training', 'evaluate': 'evaluation'}[verb]
    assert (module, name) == (f'colorize_ros.{room}.{task.module}', verb)


def test_train_hands_on_where_it_runs_and_for_how_long(monkeypatch: pytest.MonkeyPatch):
    options = import_module('colorize_ros.training.options')
    task = Calls()
    monkeypatch.setattr(cli, 'import_module', lambda name: (
        options if name == options.__name__ else task.room(name)))
    assert run('train', 'depth-completion', '--data', 'a', '--data', 'b', '--out', 'o', '--preset',
               'paper', '--device', 'cuda', '--devices', '4', '--nodes', '2', '--steps', '500',
               '--precision', 'fp32', '--seed', '3', '--resume', '--vgg', 'v',
               '--learning-rate', '0.01', '--start-from', 'w') == 0
    _, _, args, chosen = task.made[0]
    assert args == ([Path('a'), Path('b')], Path('o'), options.Launch(
        device='cuda', devices=4, nodes=2, steps=500, precision='fp32', seed=3, resume=True,
        learning_rate=0.01, start_from=Path('w')))
    assert chosen == {'preset': 'paper', 'vgg': Path('v')}


def test_only_near_infrared_holds_out_pairs(calls: Calls, capfd):
    assert run('train', 'depth-completion', '--data', 'a', '--out', 'o', '--hold-out', '0.1') == 2
    assert '--hold-out is 0.1' in capfd.readouterr().err
    assert not calls.made


def test_train_says_what_it_wrote_where_it_wrote(calls: Calls, capfd):
    assert run('train', 'depth-completion', '--data', 'a', '--out', 'o') == 0
    assert 'Wrote' not in capfd.readouterr().out


@pytest.mark.parametrize('arguments', [
    ['--minutes', '1', '--steps', '1'], ['--devices', '0'], ['--precision', 'fp8']])
def test_a_training_that_cannot_start_ends_with_2(capfd, arguments: list[str]):
    assert run('train', 'depth-completion', '--data', 'a', '--out', 'o', *arguments) == 2
    assert arguments[0].strip('-') in capfd.readouterr().err


def test_apply_takes_many_files(calls: Calls):
    assert run(
        'apply', 'depth-super-resolution', 'a.png', 'b.png', '--out', 'o', '--scale', '8') == 0
    _, name, args, options = calls.made[0]
    assert name == 'depth_super_resolution'
    assert args == ([Path('a.png'), Path('b.png')], Path('o'))
    assert options == {'model': 'robot', 'device': 'auto', 'scale': 8}


@pytest.mark.parametrize('task', ['nir', 'depth-color'])
def test_vgg_is_for_the_evaluation_of_color_without_a_color_camera(calls: Calls, task: str):
    assert run('evaluate', task, '--data', 'd', '--out', 'o', '--vgg', 'v.safetensors') == 0
    assert calls.made[0][3]['vgg'] == Path('v.safetensors')
    assert run('evaluate', 'depth-completion', '--data', 'd', '--out', 'o') == 0
    assert 'vgg' not in calls.made[1][3]


def test_inception_is_for_the_evaluation_of_color_from_depth(calls: Calls):
    shared = '--data', 'd', '--out', 'o', '--inception', 'i.onnx'
    assert run('evaluate', 'depth-color', *shared) == 0
    assert calls.made[0][3]['inception'] == Path('i.onnx')
    assert run('evaluate', 'nir', *shared) == 0
    assert 'inception' not in calls.made[1][3]


def test_apply_depth_color_takes_a_reference_pair(calls: Calls):
    assert run('apply', 'depth-color', 'a.png', 'b.png', '--reference', 'c.jpg', 'd.png', '--out',
               'o') == 0
    _, name, args, options = calls.made[0]
    assert (name, args) == ('depth_color', ([Path('a.png'), Path('b.png')], Path('o')))
    assert options['reference'] == (Path('c.jpg'), Path('d.png'))
    assert run('apply', 'depth-color', 'a.png', '--out', 'o') == 0
    assert calls.made[1][3]['reference'] is None


def test_setup_and_onnx_are_for_the_evaluation_of_stereo(calls: Calls):
    shared = 'evaluate', 'stereo', '--data', 'd', '--out', 'o'
    assert run(*shared, '--setup', '2', '--onnx', 'zhang=z.onnx', '--onnx', 'mine=a=b.onnx') == 0
    options = calls.made[0][3]
    assert options['setups'] == (2,)
    assert options['onnx'] == {'zhang': Path('z.onnx'), 'mine': Path('a=b.onnx')}
    assert run(*shared) == 0
    assert 'setups' not in calls.made[1][3]
    assert run('evaluate', 'nir', '--data', 'd', '--out', 'o', '--setup', '1') == 0
    assert 'setups' not in calls.made[2][3]


@pytest.mark.parametrize('arguments', [
    ['--setup', '3'], ['--onnx', 'zhang'], ['--onnx', '=z.onnx'], ['--onnx', 'zhang='],
    ['--onnx', 'a=b', '--onnx', 'a=c']])
def test_a_setup_or_an_onnx_network_that_is_none(calls: Calls, arguments: list[str]):
    assert run('evaluate', 'stereo', '--data', 'd', '--out', 'o', *arguments) == 2
    assert not calls.made


def test_apply_stereo_takes_mono_and_color(calls: Calls):
    assert run('apply', 'stereo', 'm.png', 'c.png', '--out', 'o', '--mono-is', 'right') == 0
    _, name, args, options = calls.made[0]
    assert (name, args) == ('stereo', ([Path('m.png'), Path('c.png')], Path('o')))
    assert options['mono_is'] == 'right'


def test_demo_takes_any_bag(calls: Calls):
    assert run('demo', '--bag', 'mine') == 0
    assert calls.made[0][2] == (Path('mine'), Path('out/demo'))


def test_simulate_writes_a_drive(calls: Calls):
    assert run('simulate', '--out', 'bag', '--scene-seed', '3', '--light', 'dusk',
               '--room', 'kitchen', '--room', 'office') == 0
    module, _, args, options = calls.made[0]
    assert module == 'colorize_ros.simulation.simulate'
    assert args == (Path('bag'),)
    assert options['scene_seed'] == 3
    assert options['light'] == 'dusk'
    assert options['kinds'] == ('kitchen', 'office')


def test_simulate_writes_a_data_set(calls: Calls):
    assert run('simulate', '--dataset', 'set', '--scene-seed', '5', '--scenes', '2') == 0
    _, name, args, options = calls.made[0]
    assert (name, args) == ('simulate_dataset', (Path('set'),))
    assert list(options['seeds']) == [5, 6]


@pytest.mark.parametrize('arguments', [[], ['--out', 'a', '--dataset', 'b']])
def test_simulate_wants_one_of_bag_and_data_set(calls: Calls, capfd, arguments: list[str]):
    assert run('simulate', *arguments) == 2
    assert 'expected one of them' in capfd.readouterr().err
    assert not calls.made


def test_what_the_user_can_mend_is_one_line_and_exit_code_2(calls: Calls, capfd):
    calls.error = DataError('no manifest in [here]; give its folder')
    assert run('evaluate', 'depth-completion', '--data', 'here', '--out', 'o') == 2
    out, err = capfd.readouterr()
    assert err == 'Error: no manifest in [here]; give its folder\n'
    assert out == ''


@pytest.mark.parametrize('extra', list(info.EXTRAS))
def test_a_missing_extra_is_named(calls: Calls, capfd, extra: str):
    calls.error = ModuleNotFoundError('gone', name=info.EXTRAS[extra][1][0] + '.part')
    assert run('simulate', '--out', 'bag') == 2
    assert f"pip install 'colorize_ros[{extra}]'" in capfd.readouterr().err


def test_missing_ros_is_named(calls: Calls, capfd):
    calls.error = ModuleNotFoundError('gone', name='rclpy')
    assert run('demo') == 2
    assert 'source the setup file of a ROS 2 distribution' in capfd.readouterr().err


def test_a_defect_of_ours_is_not_hidden(calls: Calls):
    calls.error = ModuleNotFoundError('gone', name='colorize_ros.no_such_room')
    with pytest.raises(ModuleNotFoundError):
        cli.main(['demo'])


@pytest.mark.parametrize('arguments', [['no-such-command'], ['train', 'no-such-task']])
def test_wrong_use_ends_with_2(arguments: list[str]):
    assert run(*arguments) == 2


def test_info_runs_everywhere(capfd):
    assert run('info') == 0
    out = capfd.readouterr().out
    for word in ('torch', 'cpu', 'ROS', *info.EXTRAS):
        assert word in out


def test_a_missing_extra_is_a_finding_with_a_remedy(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(info, 'find_spec', lambda module: None)
    findings = {finding.name: finding for finding in info.findings()}
    assert findings['extra sim'].found == 'lacks mitsuba, drjit'
    assert "pip install 'colorize_ros[sim]'" in findings['extra sim'].remedy
    assert 'rclpy' in findings['ROS'].found


def test_errors_are_one_family():
    for error in (ConfigurationError('x'), DataError('x'), MissingExtraError('bags', 'x')):
        assert isinstance(error, ColorizeError)


def test_the_command_imports_no_room_before_it_is_asked_to():
    heavy = subprocess.run(
        [sys.executable, '-c', 'import colorize_ros.cli, sys; print([name for name in ("torch", '
         '"cv2", "rclpy", "mitsuba", "rosbags", "lightning_fabric") if name in sys.modules])'],
        check=True, capture_output=True, text=True, timeout=60).stdout
    assert heavy.strip() == '[]'


def test_sigterm_unwinds_as_an_exit_does():
    before = signal.getsignal(signal.SIGTERM)
    try:
        cli.main(['info', '--help'])
    except SystemExit:
        pass
    try:
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGTERM)
        assert ended.value.code == 143
    finally:
        signal.signal(signal.SIGTERM, before)
