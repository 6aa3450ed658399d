"""What is proposed is the strongest hash that the rate allows, and never below the floor."""

from __future__ import annotations

import pytest

from stopper.controls.passwords.policy import BCRYPT_FLOOR
from stopper.controls.passwords.policy import enough
from stopper.controls.passwords.settings import COST
from stopper.controls.passwords.settings import MEMORY
from stopper.controls.passwords.settings import PASSES
from stopper.guard.passwords.argon2id import Argon2id
from stopper.guard.passwords.calibration import ARGON2ID
from stopper.guard.passwords.calibration import BCRYPT
from stopper.guard.passwords.calibration import budget
from stopper.guard.passwords.calibration import measured
from stopper.guard.passwords.calibration import propose


def machine(speed):
    """A machine that goes over so many KiB a second."""
    return lambda step: step.memory * step.passes / speed


def work(proposal):
    return proposal.scheme.memory * proposal.scheme.passes


@pytest.mark.parametrize(
    ("rate", "hashing", "seconds"),
    [(1, 1, 0.5), (0.01, 1, 0.5), (10, 1, 0.05), (10, 2, 0.1), (100, 4, 0.02)],
)
def test_a_hash_may_take_half_of_the_time_there_is_and_half_a_second(
    rate, hashing, seconds
):
    assert budget(rate, hashing) == pytest.approx(seconds)


def test_nothing_below_the_floor_is_among_the_steps():
    assert all(enough(step.memory, step.passes) for step in ARGON2ID)
    assert min(step.cost for step in BCRYPT) == BCRYPT_FLOOR


def test_every_step_can_be_set():
    for step in ARGON2ID:
        MEMORY.read({MEMORY.key: step.memory})
        PASSES.read({PASSES.key: step.passes})

    for step in BCRYPT:
        COST.read({COST.key: step.cost})


def test_steps_go_upwards():
    costs = [step.memory * step.passes for step in ARGON2ID]
    assert costs == sorted(costs)


def test_the_strongest_that_fits_is_proposed():
    found = propose(ARGON2ID, 5, 1, machine(2_000_000))

    assert found.fits
    assert found.scheme == Argon2id(98304, 2, 1)
    assert found.seconds <= found.budget == pytest.approx(0.1)


def test_a_higher_rate_and_a_slower_machine_get_no_stronger_hash():
    by_rate = [work(propose(ARGON2ID, r, 1, machine(2e6))) for r in (1, 5, 20, 100)]
    by_speed = [work(propose(ARGON2ID, 5, 1, machine(s))) for s in (4e6, 2e6, 1e6)]

    assert by_rate == sorted(by_rate, reverse=True)
    assert by_speed == sorted(by_speed, reverse=True)
    assert len({*by_rate}) > 1
    assert len({*by_speed}) > 1


def test_where_the_floor_is_too_slow_it_is_proposed_and_said():
    found = propose(ARGON2ID, 1000, 1, machine(2e6))

    assert (found.scheme, found.fits) == (ARGON2ID[0], False)
    assert found.most == pytest.approx(25.7, rel=0.01)


def test_no_step_past_the_first_that_is_too_slow_is_measured():
    seen = []

    def measure(step):
        seen.append(step)
        return machine(2e6)(step)

    found = propose(ARGON2ID, 5, 1, measure)
    assert seen[-2] == found.scheme


def test_this_machine_takes_longer_for_more():
    measure = measured(1)

    assert 0 < measure(Argon2id(7168, 1, 1)) < measure(Argon2id(65536, 4, 1))
