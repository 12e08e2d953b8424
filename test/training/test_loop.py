"""The training loop: it learns, averages, clips, logs, validates."""

import csv

import cv2
import numpy as np
import pytest

pytest.importorskip('lightning_fabric')

import torch

from colorize_ros.errors import ConfigurationError, DeviceError
from colorize_ros.training.devices import MixedPrecision, start
from colorize_ros.training.loop import random_numbers, Recipe, Trainer
from colorize_ros.training.options import Launch, TrainingOptions
from colorize_ros.training.schedule import learning_rate_factor
from small_training import (
    LAUNCH,
    make_trainer,
    samples,
    SIDE,
    SmallNetwork,
    squared,
    validate,
)


def ignore(done, line):
    pass


def batch(step=0):
    return samples(random_numbers(0, step, 0))


def rows(path):
    with path.open(newline='') as file:
        return list(csv.DictReader(file))


def test_learns_logs_and_tells_progress(tmp_path):
    told = []
    trainer = make_trainer(tmp_path, Launch(device='cpu', steps=42))
    trainer.fit(samples, lambda done, line: told.append((done, line)))
    log = rows(tmp_path / 'log.csv')
    assert list(log[0]) == ['step', 'trained_s', 'squared', 'critic', 'left_out']
    assert [int(line['step']) for line in log] == [*range(5, 41, 5), 42]
    assert float(log[-1]['squared']) < 0.3 * float(log[0]['squared'])
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == 1
    assert 'squared' in told[-1][1]


def test_ends_with_the_time_where_no_steps_are_given(tmp_path):
    trainer = make_trainer(tmp_path, Launch(device='cpu', minutes=0.005))
    trainer.fit(samples, ignore)
    assert 0.3 <= trainer.trained_s < 5
    assert trainer.over == 1


def test_weights_are_averaged_as_the_decay_says(tmp_path):
    trainer = make_trainer(tmp_path)
    expected = trainer.network.first.weight.detach().clone()
    for step in range(3):
        trainer._step(batch(step))
        decay = min(0.9, (2 + step) / (11 + step))
        expected = decay * expected + (1 - decay) * trainer.network.first.weight.detach()
    averaged = trainer.averaged.state_dict()
    torch.testing.assert_close(averaged['first.weight'], expected)
    assert averaged['normalise.num_batches_tracked'] == 3


@pytest.mark.parametrize('clip_norm', [0.01, 1e6])
def test_gradients_are_clipped(tmp_path, clip_norm):
    trainer = make_trainer(tmp_path, clip_norm=clip_norm)
    trainer._step(batch())
    norm = torch.stack([each.grad.norm() for each in trainer.network.parameters()
                        if each.grad is not None]).norm()
    if clip_norm < 1:
        assert float(norm) == pytest.approx(clip_norm, rel=1e-3)
    else:
        assert float(norm) > 0.1


def test_layers_that_know_something_learn_slowly(tmp_path):
    fabric = start(LAUNCH)
    recipe = Recipe(SmallNetwork(), squared, TrainingOptions(steps=4), rates={'first.': 0.0})
    trainer = Trainer(fabric, recipe, recipe.options, tmp_path, 0)
    first, last = trainer.network.first.weight.clone(), trainer.network.last.weight.clone()
    trainer.fit(samples, ignore)
    assert torch.equal(trainer.network.first.weight, first)
    assert not torch.equal(trainer.network.last.weight, last)
    again = Trainer(fabric, recipe, recipe.options, tmp_path, 0)
    again.resume()
    assert [len(each) for each in again.optimizer.state.values()] == [3] * len(
        trainer.optimizer.state)


def test_the_optimiser_is_the_recipes(tmp_path):
    trainer = make_trainer(tmp_path, optimizer='rmsprop')
    assert isinstance(trainer.optimizer, torch.optim.RMSprop)
    trainer.fit(samples, ignore)
    trainer = make_trainer(tmp_path, optimizer='rmsprop')
    trainer.resume()
    assert all('square_avg' in state for state in trainer.optimizer.state.values())


def test_a_step_that_explodes_is_left_out(tmp_path):
    trainer = make_trainer(tmp_path, critic=False)
    before = trainer.network.first.weight.detach().clone()
    trainer._step({**batch(), 'image': torch.full((4, 1, SIDE, SIDE), torch.inf)})
    assert torch.equal(trainer.network.first.weight, before)
    assert (trainer.steps, trainer.left_out) == (1, 1)
    trainer._step(batch(1))
    assert not torch.equal(trainer.network.first.weight, before)
    assert trainer.left_out == 1


def test_the_averaged_network_is_validated(tmp_path):
    trainer = make_trainer(tmp_path, validate_every_s=0.0)
    trainer.validate = validate
    trainer.fit(samples, ignore)
    lines = rows(tmp_path / 'validation.csv')
    assert [int(line['step']) for line in lines] == list(range(1, 21))
    picture = cv2.imread(str(tmp_path / 'validation/0000020.png'))
    assert picture.shape == (SIDE, SIDE, 3)
    with torch.no_grad():
        shade = validate(trainer.averaged).metrics['shade']
    assert trainer.scores == {'shade': shade}
    assert float(lines[-1]['shade']) == pytest.approx(shade, abs=1e-5)
    assert picture[0, 0].tolist() == [0, 0, round(shade * 255)]


def test_validation_changes_nothing(tmp_path):
    def noisy(network):
        torch.rand(3)
        np.random.default_rng().random()
        return validate(network)

    states = []
    for look in (None, noisy):
        trainer = make_trainer(tmp_path, validate_every_s=0.0)
        trainer.validate = look
        states.append(trainer.fit(samples, ignore))
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_random_numbers_follow_from_seed_step_and_process():
    drawn = [random_numbers(*which).random() for which in (
        (0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0))]
    assert len(set(drawn)) == 4
    assert drawn[0] == drawn[4]


def test_bf16_takes_inputs_as_they_are():
    precise = torch.tensor([1.001])
    assert torch.equal(MixedPrecision('cpu').convert_input(precise), precise)
    with MixedPrecision('cpu').forward_context():
        assert torch.nn.Linear(1, 1)(precise).dtype == torch.bfloat16


@pytest.mark.parametrize('options', [
    {'minutes': 0}, {'learning_rate': -1.0}, {'steps': 0}, {'optimizer': 'lion'}])
def test_refuses_impossible_options(options):
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        TrainingOptions(**options)


@pytest.mark.parametrize(('wrong', 'said'), [
    ({'devices': 0}, 'devices is 0'), ({'nodes': -1}, 'nodes'), ({'seed': -1}, 'seed'),
    ({'precision': 'fp16'}, 'fp32'), ({'minutes': 1.0, 'steps': 1}, 'give one')])
def test_refuses_an_impossible_launch(wrong, said):
    with pytest.raises(ConfigurationError, match=said):
        Launch(**wrong)


def test_the_length_asked_for_stands_before_the_recipes():
    options = TrainingOptions(minutes=7, steps=50)
    assert Launch().fill_in(options) == options
    assert Launch(steps=3).fill_in(options).steps == 3
    assert Launch(minutes=2).fill_in(options) == TrainingOptions(minutes=2)


def test_refuses_devices_that_are_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 2)
    with pytest.raises(DeviceError, match='devices is 3'):
        start(Launch(device='cuda', devices=3))
    with pytest.raises(ConfigurationError, match='names one device'):
        start(Launch(device='cuda:1', devices=2))


def test_the_learning_rate_rises_and_falls():
    factors = np.array([learning_rate_factor(over) for over in np.linspace(0, 1, 101)])
    assert factors[0] < 0.05
    assert factors.max() > 0.99
    assert factors[-1] == pytest.approx(0.01)
    assert (np.diff(factors[3:]) < 0).all()
