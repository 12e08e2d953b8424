"""A training that is killed goes on to the weights that it would have had; so do many devices."""

import os
from pathlib import Path
import random
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip('lightning_fabric')

from safetensors.torch import load_file, save_file
import torch

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.training.loop import random_numbers, Recipe, Trainer
from colorize_ros.training.options import Launch
import small_training
from small_training import make_trainer, samples, squared, train

CHECKPOINT = 'checkpoint.safetensors'


def ignore(done, line):
    pass


@pytest.fixture(autouse=True)
def one_thread():
    """As the script has it: sums are rounded alike."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def begin(folder, steps, *, devices=1, precision='bf16', critic='critic', pause_s=0.0):
    root = Path(small_training.__file__).parents[1]
    # Fabric starts the other processes by the same command.
    environment = {**os.environ, 'PYTHONPATH': str(root), 'OMP_NUM_THREADS': '1'}
    environment.pop('LOCAL_RANK', None)
    return subprocess.Popen(
        [sys.executable, small_training.__file__, str(folder), str(steps), str(devices),
         precision, critic, str(pause_s)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for(file, process):
    deadline = time.monotonic() + 120
    while not file.exists():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline, f'no {file}'
        time.sleep(0.01)


def whole_state(folder):
    state = load_file(folder / CHECKPOINT)
    del state['trained_s']
    return state


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if not torch.equal(ours[name], theirs[name])] == []


def test_a_killed_training_ends_with_the_same_bytes(tmp_path):
    launch = Launch(device='cpu', steps=60, resume=True)
    killed = tmp_path / 'killed'
    process = begin(killed, 60, pause_s=0.02)
    wait_for(killed / CHECKPOINT, process)
    time.sleep(random.uniform(0, 1))
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    process.stdout.close()
    steps = int(load_file(killed / CHECKPOINT)['steps'])
    assert steps < 60
    resumed = train(killed, launch)
    undisturbed = train(tmp_path / 'undisturbed', Launch(device='cpu', steps=60))
    assert resumed.read_bytes() == undisturbed.read_bytes()
    assert_same(whole_state(killed), whole_state(tmp_path / 'undisturbed'))
    logged = [int(line.split(',')[0]) for line in
              (killed / 'log.csv').read_text().splitlines()[1:]]
    assert logged == list(range(5, 61, 5))


def test_sigterm_leaves_the_steps_that_were_taken(tmp_path, monkeypatch):
    undisturbed = make_trainer(tmp_path / 'undisturbed')
    undisturbed.fit(samples, ignore)

    def interrupted(rng):
        if trainer.steps == 7:
            signal.raise_signal(signal.SIGTERM)
        return samples(rng)

    def leave(number, frame):
        raise SystemExit(128 + number)

    trainer = make_trainer(tmp_path, checkpoint_every_s=1e9)
    before = signal.signal(signal.SIGTERM, leave)
    try:
        with pytest.raises(SystemExit):
            trainer.fit(interrupted, ignore)
        assert signal.getsignal(signal.SIGTERM) is leave
    finally:
        signal.signal(signal.SIGTERM, before)
    assert int(load_file(tmp_path / CHECKPOINT)['steps']) == 8
    second = make_trainer(tmp_path)
    second.resume()
    second.fit(samples, ignore)
    assert_same(whole_state(tmp_path), whole_state(tmp_path / 'undisturbed'))


def test_time_goes_on_where_it_was(tmp_path):
    launch = Launch(device='cpu', minutes=0.003)
    first = make_trainer(tmp_path, launch)
    first.fit(samples, ignore)
    second = make_trainer(tmp_path, launch)
    second.resume()
    assert (second.steps, second.trained_s) == (first.steps, first.trained_s)
    averaged = second.fit(samples, ignore)
    assert second.steps == first.steps
    assert_same(averaged, dict(first.averaged.state_dict()))


def test_a_log_goes_back_to_the_checkpoint(tmp_path):
    trainer = make_trainer(tmp_path)
    trainer.fit(samples, ignore)
    with (tmp_path / 'log.csv').open('a') as file:
        file.write('25,9.9,1.0,1.0,0\n30,9.')
    again = make_trainer(tmp_path)
    again.resume()
    again.fit(samples, ignore)
    lines = (tmp_path / 'log.csv').read_text().splitlines()
    assert [line.split(',')[0] for line in lines] == ['step', '5', '10', '15', '20']


def test_nothing_to_resume_is_said(tmp_path):
    with pytest.raises(ConfigurationError, match='train without --resume'):
        make_trainer(tmp_path).resume()


def test_another_seed_is_refused(tmp_path):
    make_trainer(tmp_path).fit(samples, ignore)
    with pytest.raises(ConfigurationError, match='of seed 0; resume with that'):
        make_trainer(tmp_path, Launch(device='cpu', steps=20, seed=1)).resume()


def test_another_networks_checkpoint_is_refused(tmp_path):
    make_trainer(tmp_path, critic=False).fit(samples, ignore)
    with pytest.raises(DataError, match='another network'):
        make_trainer(tmp_path).resume()
    save_file({'weight': torch.zeros(1)}, tmp_path / CHECKPOINT)
    with pytest.raises(DataError, match='lacks'):
        make_trainer(tmp_path).resume()
    (tmp_path / CHECKPOINT).write_bytes(b'no tensors')
    with pytest.raises(DataError, match='cannot be read'):
        make_trainer(tmp_path).resume()


def test_two_processes_are_one_with_twice_the_batch(tmp_path):
    process = begin(tmp_path / 'two', 12, devices=2, precision='fp32', critic='none')
    said, _ = process.communicate(timeout=240)
    assert process.returncode == 0, said

    def both(rng):
        parts = [samples(random_numbers(0, trainer.steps, rank)) for rank in range(2)]
        return {f'{rank}.{name}': value for rank, part in enumerate(parts)
                for name, value in part.items()}

    def mean(network, batch):
        terms = [squared(network, {name[2:]: value for name, value in batch.items()
                                   if name.startswith(f'{rank}.')}) for rank in range(2)]
        return {'squared': (terms[0]['squared'] + terms[1]['squared']) / 2}

    launch = Launch(device='cpu', steps=12, precision='fp32')
    fabric = small_training.start(launch)
    recipe = small_training.make_recipe(critic=False)
    trainer = Trainer(fabric, Recipe(recipe.network, mean, recipe.options),
                      launch.fill_in(recipe.options), tmp_path / 'one', 0)
    trainer.fit(both, ignore)
    one, two = whole_state(tmp_path / 'one'), whole_state(tmp_path / 'two')
    assert one.keys() == two.keys()
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=1e-4, atol=1e-6)
    assert not torch.equal(one['main.network.seldom'], torch.zeros(()))
    logs = [(tmp_path / name / 'log.csv').read_text().splitlines() for name in ('one', 'two')]
    assert len(logs[0]) == len(logs[1]) == 4
    for ours, theirs in zip(logs[0][1:], logs[1][1:]):
        assert float(ours.split(',')[2]) == pytest.approx(float(theirs.split(',')[2]), rel=1e-4)
    assert (tmp_path / 'two' / 'small-robot.yaml').exists()
