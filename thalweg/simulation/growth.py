"""When a run moves away instead of settling."""

from typing import Any

LONGER = 2.0
"""Late steps count as longer from this ratio on: above what noise does to an average of steps."""


def quarters(steps: Any) -> tuple[Any, Any]:
    """The last step of the first quarter and the last step before the last quarter (from 1)."""
    quarter = (steps + 3) // 4
    return quarter, steps - quarter


def is_growing(
    early_step: Any, late_step: Any, early_loss: Any, late_loss: Any, last_loss: Any
) -> Any:
    """Whether steps got longer and the loss did not fall for it.

    The arguments are means over the first and the last quarter of the run, of ‖Δx‖ and of the
    loss where the steps began; and the loss at the end, which tells growth from a passing burst.
    Numbers or arrays.
    """
    longer = late_step > LONGER * early_step
    return longer & (late_loss >= early_loss) & (last_loss >= early_loss)


def overflow_is_growth(first_loss: Any, last_finite_loss: Any) -> Any:
    """Whether a run that became infinite went up: one that fell without end did not grow."""
    return last_finite_loss >= first_loss
