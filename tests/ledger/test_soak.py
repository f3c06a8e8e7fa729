"""A small dose of the soak; scripts/soak gives the full one."""

from dataclasses import asdict
import logging
import os
import sys

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
import pytest

from .soak_machine import FIGURES, Soak

STEPS = int(os.environ.get("EXIST_SOAK_STEPS", "360"))
STEPS_OF_ONE = 50 if STEPS > 1000 else 30


@pytest.mark.once
def test_whatever_happens_what_was_accepted_arrives(
    socket_enabled: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    while FIGURES.steps < STEPS:
        run_state_machine_as_test(
            Soak,
            settings=settings(
                max_examples=STEPS // STEPS_OF_ONE,
                stateful_step_count=STEPS_OF_ONE,
                deadline=None,
                database=None,
                derandomize=STEPS <= 1000,
                print_blob=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert FIGURES.checked > 5
    for name, figure in asdict(FIGURES).items():
        sys.stdout.write(f"{name:12} {figure}\n")
