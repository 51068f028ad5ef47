"""The call of another library that gives the same path as a run, with the run's numbers in it."""

from __future__ import annotations

import ast

from optimizers import Rule
from optimizers.base import Peer
from optimizers.from_optax import OptaxRule
from thalweg.export.code.functions import remembers_rate
from thalweg.messages.export import Refused, say
from thalweg.scenes import Run


def call_of(run: Run, peer: Peer | None, library: str, label: str, rate: str | None = None) -> str:
    """The expression, ``rate`` in the place of lr where the schedule changes it.

    Raises `Refused`, with a sentence, where the library has no such call or its path is another.
    """
    rule = run.rule
    if peer is None:
        raise _refused(label, library, rule.no_peer or say("noCall", library=library))
    if other := _other_switches(rule, peer):
        raise _refused(label, library, say("callSwitches", switches=", ".join(other)))
    if rate is not None and not isinstance(rule, OptaxRule) and remembers_rate(rule):
        raise _refused(label, library, say("callSchedule"))
    filled = _Filled({n: repr(float(getattr(rule, n))) for n in rule.knobs()}, rate)
    return ast.unparse(filled.visit(ast.parse(peer.call, mode="eval")))


def remark(peer: Peer | None) -> str:
    """What is to be known of the library's plain call, where its path is another."""
    return f"Called plainly, as {peer.plain}, it {peer.differs}." if peer and peer.plain else ""


def _other_switches(rule: Rule, peer: Peer) -> list[str]:
    """The switches that are not set as the peer's call has them, as it has them."""
    wanted = {n: peer.switches.get(n, s.default) for n, s in rule.switches().items()}
    return [
        f"{name.replace('_', ' ')} {'on' if on else 'off'}"
        for name, on in wanted.items()
        if getattr(rule, name) is not on
    ]


def _refused(label: str, library: str, why: str) -> Refused:
    return Refused("noPeer", run=label, library=library, why=why)


class _Filled(ast.NodeTransformer):
    """A call with the numbers of a rule in the place of their names."""

    def __init__(self, numbers: dict[str, str], rate: str | None) -> None:
        self.numbers = numbers
        if rate is not None:
            self.numbers = numbers | {"lr": f"{numbers['lr']} * {rate}"}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        text = self.numbers.get(node.id)
        return node if text is None else ast.parse(text, mode="eval").body
