"""Every command in the light install, as it is: it works, or refuses by name what is not installed.

``.ci/run`` calls this file by the Python of an environment that holds the wheel and nothing else of ours.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from resnet_dsl.cli.needs import NEEDS
from resnet_dsl.extras import is_installed
from resnet_dsl.targets import TARGETS
from resnet_dsl.targets.forms import FIGURES, TABLES

MODEL = Path(__file__).parent / "fixtures" / "0.1.0" / "small.keras"
NETWORK, TORCH = (Path(__file__).parent / "fixtures" / "layouts" / f"small{ending}" for ending in (".resnet", ".pth"))
ONNX = MODEL.parents[1] / "onnx" / "small.onnx"
RUNS = Path(__file__).parent / "fixtures" / "0.1.0" / "runs"
MOST_BYTES = 120_000_000
"""Of the light install, as it lies in site-packages."""

_OTHERS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence")
"""What an environment holds before anything is installed."""

EXAMPLES = {
    ("compile", ""): "compile resnet18 --to ir --figure",
    ("compile", "--plain"): "compile resnet18 --plain --quiet",
    **{("compile", f"--figure FILE.{ending}"): f"compile resnet18 --to ir --figure resnet18.{ending}"
       for ending in ("pdf", "pptx")},
    **{("compile", f"--to {name}"): f"compile resnet18 --to {name} --quiet" for name in TARGETS},
    ("compile", "--weights FILE.pth"): f"compile {NETWORK} --weights {TORCH} --quiet --force",
    **{("compile", option): f"compile resnet18 {option} --quiet --force" for option in ("--plain", "--verify")},
    ("import", ""): f"import {MODEL}",
    ("import", "FILE of ONNX"): f"import {ONNX}",
    ("import", "--weights OUT.onnx"): f"import {MODEL} --weights small.onnx",
    ("check", ""): "check resnet18 --signal",
    ("summary", ""): "summary resnet18 --signal",
    ("draw", ""): "draw resnet18",
    **{("draw", f"-o FILE{form.ending}"): f"draw resnet18 -o figure{form.ending}" for form in FIGURES.values()},
    ("draw", "--text paths"): "draw resnet18 --text paths",
    ("table", ""): "table resnet18 resnet34",
    **{("table", f"-o FILE{form.ending}"): f"table resnet18 -o table{form.ending}" for form in TABLES.values()},
    ("new", ""): "new mine --from resnet50",
    ("fmt", ""): "fmt mine.resnet",
    ("lsp", ""): "lsp",
    ("explain", ""): "explain E0302",
    ("list", ""): "list",
    ("diff", ""): "diff resnet50 keras_resnet50",
    ("schema", ""): "schema",
    ("signal", ""): "signal resnet18",
    ("signal", "-o FILE"): "signal resnet18 -o signal.svg",
    ("paths", ""): "paths resnet18",
    ("paths", "-o FILE"): "paths resnet18 -o paths.svg",
    ("probe", ""): "probe small_resnet8",
    ("probe", "-o FILE"): "probe small_resnet8 -o probe.svg",
    ("train", ""): "train small_resnet8 --epochs 1",
    ("train", "--tensorboard"): "train small_resnet8 --epochs 1 --tensorboard",
    ("compare", ""): "compare small_plain8 small_resnet8 --epochs 1",
    **{(command, f"--data {data}"): f"{command} small_resnet8 --data {path}"
       for command in ("probe", "train", "compare")
       for data, path in {"mnist5k": "mnist5k", "digits": "digits", "tfds:NAME": "tfds:mnist",
                          "FOLDER, of images": ".", "PATH, of TFRecords": "."}.items()},
    ("completion", ""): "completion bash",
    ("load", ""): f"load {MODEL}",
    ("report", ""): f"report {RUNS}",
    ("predict", ""): f"predict {MODEL} .",
}  # fmt: skip
"""For each command, and for each row of the table, by its command and option: what is called."""


def main() -> int:
    """The exit code: 0 where all is as the table says. What is not is printed."""
    with tempfile.TemporaryDirectory() as folder:
        wrong = [line for row in EXAMPLES if (line := _mistake(*row, Path(folder))) is not None]
    size = _size()
    wrong += [f"the light install takes {size:,} bytes: at most {MOST_BYTES:,}"] if size > MOST_BYTES else []
    print("\n".join(wrong) or f"{len(EXAMPLES)} calls are as the table says; {size / 1e6:.1f} MB")
    return 1 if wrong else 0


def _mistake(command: str, option: str, folder: Path) -> str | None:
    called = [sys.executable, "-m", "resnet_dsl", *EXAMPLES[command, option].split()]
    ended = subprocess.run(called, cwd=folder, capture_output=True, text=True, check=False)
    refused = ended.returncode == 2 and "not installed" in ended.stderr and "pip install" in ended.stderr
    fine = refused if _is_lacking(command, option) else ended.returncode == 0
    return None if fine and "Traceback" not in ended.stderr else f"{called[3:]}: {ended.returncode}\n{ended.stderr}"


def _is_lacking(command: str, option: str) -> bool:
    rows = [need for need in NEEDS if need.command == command and need.option in ("", option)]
    return not all(is_installed(package) for need in rows for package in need.packages)


def _size() -> int:
    root = Path(sysconfig.get_path("purelib"))
    folders = [path for path in root.iterdir() if not path.name.startswith(_OTHERS)]
    return sum(file.lstat().st_size for path in folders for file in (path, *path.rglob("*")) if file.is_file())


if __name__ == "__main__":
    sys.exit(main())
