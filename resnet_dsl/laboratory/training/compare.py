"""``compare``: several networks, several seeds each, one figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
from rich.console import Console

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import Dataset
from resnet_dsl.laboratory.training.by_name import checked_weights
from resnet_dsl.laboratory.training.curves import Curve, draw, ending
from resnet_dsl.laboratory.training.engine import TrainingEngine, started
from resnet_dsl.laboratory.training.network import TrainableNetwork, ends_of
from resnet_dsl.laboratory.training.options import CompareOptions
from resnet_dsl.laboratory.training.progress import say
from resnet_dsl.laboratory.training.train import Trained, data_for, train_on
from resnet_dsl.laboratory.training.verdict import JudgedEntrant, as_csv, markdown, words
from resnet_dsl.writing import write_whole


@dataclass(frozen=True)
class ComparisonResult:
    """What a comparison came to. ``files`` were written; ``interrupted``: the same call goes on."""

    entrants: tuple[JudgedEntrant, ...] = ()
    verdict: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    interrupted: bool = False


def compare(networks: Sequence[TrainableNetwork], options: CompareOptions, console: Console) -> ComparisonResult:
    """Train every network with every seed, where that is not done yet; draw, tabulate and judge their errors.

    Each training has a run folder of its own, the same that ``train`` with the same options has. Raises Failure where
    data, networks and options do not fit each other.
    """
    several = [network.name for network in networks if ends_of(network) is not None]
    if several:
        message = f"`compare` takes networks with one input and one output, and {several[0]} has several"
        raise Failure(message, "train each by `train`: its history tells every output by name")
    for network in networks:
        checked_weights(options.loss_weights, network, None)
    twice = [name for name, count in Counter(network.name for network in networks).items() if count > 1]
    if twice:
        raise Failure(
            f"two networks are called `{twice[0]}`", "give one of them another name, to tell the curves apart"
        )
    with started(options, options.jit_compile is True) as engine:
        console = console if engine.leads else Console(quiet=True)
        dataset = data_for(networks, options, console)
        trained = _all_trained(networks, dataset, options, engine, console)
    if trained is None:
        return ComparisonResult(interrupted=True)
    entrants = tuple(_entrant(network, trained[network.name]) for network in networks)
    if not engine.leads:
        return ComparisonResult(entrants)
    return _reported(entrants, options, console)


def _all_trained(
    networks: Sequence[TrainableNetwork],
    dataset: Dataset,
    options: CompareOptions,
    engine: TrainingEngine,
    console: Console,
) -> dict[str, list[Trained]] | None:
    """The trainings of each network by its name; None where they were interrupted. Seed by seed, network by network."""
    trained: dict[str, list[Trained]] = {network.name: [] for network in networks}
    for seed in range(options.seeds):
        for network in networks:
            keras.backend.clear_session()
            one = train_on(network, dataset, options.of_seed(seed), engine, console)
            if one.ending == "interrupted":
                return None
            trained[network.name].append(one)
    return trained


def _entrant(network: TrainableNetwork, trained: Sequence[Trained]) -> JudgedEntrant:
    curve = Curve(network.name, network.residual, [one.rows for one in trained])
    diverged = sum(one.ending == "diverged" for one in trained)
    return JudgedEntrant(curve, network.depth, network.params, diverged)


def _reported(entrants: tuple[JudgedEntrant, ...], options: CompareOptions, console: Console) -> ComparisonResult:
    options.out.parent.mkdir(parents=True, exist_ok=True)
    table, rows = ending(options.out, ".md"), ending(options.out, ".csv")
    write_whole(table, markdown(entrants))
    write_whole(rows, as_csv(entrants))
    files = (*draw(options.out, [one.curve for one in entrants]), table, rows)
    verdict = tuple(words(entrants))
    say(console, "\n" + markdown(entrants))
    for sentence in verdict:
        say(console, sentence)
    say(console, "wrote " + ", ".join(map(str, files)))
    return ComparisonResult(entrants, verdict, files)
