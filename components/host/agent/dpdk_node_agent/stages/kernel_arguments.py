"""Kernel arguments: tried once in a boot that undoes itself, and written for good only by a converge that reached it.

The agent owns the plan's tokens and no others. An argument of the same name in the operator's own configuration is
refused before anything is changed; the same token there already is left there, and not written twice."""

from __future__ import annotations

from types import ModuleType
from typing import NamedTuple

from .. import deadline, ownedarguments, promotion, trial
from ..bootid import boot_id
from ..bootloader import detect
from ..bootmodules import refuse_without_modules
from ..cmdline import LONGEST, lacking, owned_of, refuse_unsafe, remains, tokens
from ..errors import AgentError, Refused
from ..failedtrial import why
from ..node import Node
from ..stage import Finding, absent, ok, partial

NAME = "kernel-arguments"
PHASE = "boot"


class Look(NamedTuple):
    """Asked and running, and what the running kernel lacks or still has of ours."""

    asked: list[str]
    running: list[str]
    lacks: list[str]
    keeps: list[str]

    def runs(self) -> bool:
        return not self.lacks and not self.keeps


def check(node: Node, plan: dict) -> Finding:
    """Whether the running kernel has the arguments and will have them after the next boot."""
    loader = detect.loader_of(node, plan)
    seen = _look(node, plan, loader)
    if trial.is_waiting_for_reboot(node):
        return partial("a trial boot is staged; the reboot into it has not happened yet")
    if seen.lacks:
        saw = f"the running kernel has no {' '.join(seen.lacks)}"
        return partial(saw) if len(seen.lacks) < len(seen.asked) else absent(saw)
    if seen.keeps:
        return partial(f"the running kernel still has {' '.join(seen.keeps)}")
    if loader is None:
        return ok(f"{len(seen.asked)} arguments run, set by hand ({detect.kind_of(node)})")
    why_not = promotion.not_promoted_because(node, loader, seen.asked, _ours(node, loader, seen.asked))
    if why_not:
        return partial(f"the arguments run, but are not written for good yet: {why_not}")
    return ok(f"{len(seen.asked)} arguments run and are in the default boot entry")


def apply(node: Node, plan: dict) -> None:
    """The next step: a trial is staged, or judged, or promoted. Whoever calls reboots where a trial is staged."""
    refuse_impossible(node, plan)
    loader = detect.loader_of(node, plan)
    seen = _look(node, plan, loader)
    _drop_other_trial(node, seen.asked)
    if seen.runs():
        if loader is not None:
            promotion.promote(node, loader, seen.asked, _ours(node, loader, seen.asked))
        return
    _judge(node, seen)
    _stage(node, plan, seen, loader)


def revert(node: Node) -> list[str]:
    """Gives files and menu back; the running kernel keeps its arguments until the next boot, and that is said."""
    known = ownedarguments.owned(node)
    done = deadline.remove(node) + promotion.remove_trial(node)
    done += [line for loader in detect.loaders() for line in loader.remove(node, known)]
    trial.drop(node)
    ownedarguments.drop(node)
    stays = [token for token in known.running() if token in _running(node)]
    return done + ([f"reboot: kernel arguments {' '.join(stays)} stay until the next boot"] if stays else [])


def explain(node: Node, plan: dict) -> list[str]:
    """What apply would do next."""
    refuse_impossible(node, plan)
    loader = detect.loader_of(node, plan)
    seen = _look(node, plan, loader)
    if not seen.runs():
        changes = [f"+{token}" for token in seen.lacks] + [f"-{token}" for token in seen.keeps]
        return [
            f"try the kernel arguments once ({' '.join(changes)}), reboot, "
            "and write them for good where the node comes back"
        ]
    if loader is not None and promotion.not_promoted_because(
        node, loader, seen.asked, _ours(node, loader, seen.asked)
    ):
        return [f"write the running kernel arguments for good to {loader.PLACE}"]
    return []


def refuse_impossible(node: Node, plan: dict) -> None:
    """Refuses arguments that can never be reached on this node. Changes nothing."""
    asked = plan["kernel"]["arguments"]
    refuse_unsafe(asked)
    loader = detect.loader_of(node, plan)
    seen = _look(node, plan, loader)
    if loader is None:
        if not seen.runs():
            detect.refuse(node, plan)
        return
    wrong = loader.conflict(node, asked, ownedarguments.owned(node))
    if wrong:
        raise Refused(
            "the node's own configuration sets this kernel argument differently",
            where=wrong[0],
            value=" ".join(wrong[1]),
            remedy="take it out there (GRUB: and run update-grub), or ask for the same in the fleet file",
        )
    if not seen.runs():
        trial.refuse_if_spent(trial.remembered(node), asked)
        default = loader.default_entry(node)
        detect.one_shot_of(node, loader).refuse_unless_possible(node, plan, default)
        refuse_without_modules(node, plan, default.kernel())


def _look(node: Node, plan: dict, loader: ModuleType | None) -> Look:
    asked = plan["kernel"]["arguments"]
    running = _running(node)
    keeps = remains(running, asked, ownedarguments.owned(node).running())
    if keeps and loader is not None:
        theirs = _operators(node, loader)
        keeps = [token for token in keeps if token not in theirs]
    return Look(asked, running, lacking(running, asked), keeps)


def _running(node: Node) -> list[str]:
    return tokens(node.read("/proc/cmdline") or "")


def _operators(node: Node, loader: ModuleType) -> list[str]:
    """The kernel arguments of the default entry without those that are ours."""
    return ownedarguments.owned(node).operators(loader.default_entry(node).arguments())


def _ours(node: Node, loader: ModuleType, asked: list[str]) -> list[str]:
    return owned_of(asked, _operators(node, loader))


def _drop_other_trial(node: Node, asked: list[str]) -> None:
    """A trial of arguments that are not asked any more is forgotten; its entry must not boot."""
    found = trial.remembered(node).trial
    if found is not None and found.hash != trial.hash_of(asked):
        promotion.remove_trial(node)
        deadline.remove(node)
        trial.abandon(node)


def _judge(node: Node, seen: Look) -> None:
    """Ends an open trial of an earlier boot: the asked arguments do not run, so it failed, unless it never got its
    boot."""
    found = trial.remembered(node).trial
    if found is None or found.boot_before == boot_id(node):
        return
    running = trial.is_running(node, found)
    if found.state == "preparing" and not running:
        trial.abandon(node)  # the power went while it was being prepared
        return
    reason = why(node, found, seen.lacks)
    promotion.remove_trial(node)
    if not running:
        deadline.remove(node)
    count = trial.fail(node, reason)
    raise AgentError(
        f"the trial boot failed ({count} of {trial.ATTEMPTS})",
        where="kernel.arguments",
        value=f"{' '.join(found.asked)}: {reason}",
        remedy=_what_now(running),
    )


def _what_now(running: bool) -> str:
    if running:
        return "the node goes back to its previous kernel by itself; correct the arguments, then run up again"
    return "the node is back on its previous kernel, nothing has to be undone; correct the arguments, then run up again"


def _stage(node: Node, plan: dict, seen: Look, loader: ModuleType) -> None:
    """Makes the next boot, and only it, a trial of the asked arguments."""
    if trial.is_waiting_for_reboot(node):
        return
    shot = detect.one_shot_of(node, loader)
    entry = loader.default_entry(node)
    theirs = _operators(node, loader)
    marks = deadline.boot_arguments(node, plan["kernel"]["panicSeconds"], trial.mark(seen.asked))
    # The marks come first: were the line ever cut, the way back must not be what is lost.
    line = theirs + marks + owned_of(seen.asked, theirs)
    length = len(" ".join(shot.command_line(entry, line)))
    if length > LONGEST:
        raise Refused(
            "the kernel's command line would be too long",
            where="kernel.arguments",
            value=f"{length} characters of {LONGEST}",
            remedy="write CPU lists as ranges",
        )
    ownedarguments.note_tried(node, seen.asked)
    trial.begin(node, seen.asked)
    deadline.arm(node, plan["kernel"]["trialSeconds"])
    shot.write_entry(node, entry, line)
    shot.ask(node)
    trial.stage(node)
