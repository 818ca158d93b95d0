"""`diff --base`, `--format md` and `--exit-code`: what has become of networks since a commit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from resnet_dsl.history import markdown, revision
from tests.cli.calling import NET, TWO, Ended, call

LIBRARY = "block mine(w) { conv(w, 3) -> norm -> act }\n"
USES = 'import "lib.resnet"\nnetwork uses { input 8x8x3 stage s { mine(4) } }\n'
ONE = "network one { input 8x8x3 stage s { conv(4, 3) } }\n"


def git(*arguments: str, where: Path | None = None) -> None:
    named = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "protocol.file.allow=always",
    ]
    subprocess.run(["git", *named, *arguments], cwd=where, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is the current folder, with specs/{net,lib,uses,one}.resnet in its commit `main`."""
    root = tmp_path / "repository"
    (root / "specs").mkdir(parents=True)
    for name, text in {"net": TWO, "lib": LIBRARY, "uses": USES, "one": ONE}.items():
        (root / "specs" / f"{name}.resnet").write_text(text)
    git("init", "-q", "-b", "main", where=root)
    commit(root)
    monkeypatch.chdir(root)
    return root


def commit(root: Path) -> None:
    git("add", "-A", where=root)
    git("commit", "-qm", "now", where=root)


def since(*arguments: str, base: str = "main") -> list[dict[str, Any]]:
    ended = call("diff", "--base", base, *arguments, "--format", "json")
    assert ended.code == 0, ended.err
    found: list[dict[str, Any]] = json.loads(ended.out)
    return found


def kinds(*arguments: str) -> dict[str, str]:
    return {one["network"]: one["change"] for one in since(*arguments)}


def rendered(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_nothing_has_changed(repository: Path) -> None:
    ended = call("diff", "--base", "main", "specs", "--exit-code")
    assert ended == Ended(0, "4 networks as before\n", "")
    assert (
        call("diff", "--base", "main", "specs", "--format", "md").out
        == "### Networks since main\n\n4 networks as before.\n"
    )


def test_each_network_is_compared_with_itself_as_it_was(repository: Path) -> None:
    (repository / "specs" / "net.resnet").write_text(TWO.replace("width = 8", "width = 9"))
    ended = call("diff", "--base", "main", "specs", "--exit-code")
    assert ended.code == 1
    assert "specs/net.resnet:small\n  trainable parameters: 11_122 and " in ended.out
    assert ended.out.endswith("\n2 networks changed, 2 as before\n")
    small = since("specs/net.resnet:small")
    assert [one["network"] for one in small] == ["small"]
    (repository / "was.resnet").write_text(TWO)
    by_hand = json.loads(call("diff", "was.resnet:small", "specs/net.resnet:small", "--format", "json").out)
    assert {**small[0]["difference"], "networks": 0} == {**by_hand, "networks": 0}
    assert small[0]["before"]["params"] == 11_122


def test_what_is_imported_is_read_as_it_was_too(repository: Path) -> None:
    (repository / "specs" / "lib.resnet").write_text(LIBRARY.replace("3", "5"))
    (change,) = since("specs/uses.resnet")
    assert (change["change"], change["before"]["params"], change["after"]["params"]) == ("changed", 116, 308)
    assert kinds("specs")["uses"] == "changed"


def test_new_gone_moved_and_mended_networks_are_told(repository: Path) -> None:
    specs = repository / "specs"
    (specs / "wrong.resnet").write_text("network wrong { input 8x8x3 stage s { conf(4, 3) } }\n")
    (specs / "slip.resnet").write_text("network slip { input 8x8x3 stage s { conv(4, 3 } }\n")
    commit(repository)
    (specs / "wrong.resnet").write_text("network wrong { input 8x8x3 stage s { conv(4, 3) } }\n")
    (specs / "slip.resnet").write_text("network slip { input 8x8x3 stage s { conv(4, 3) } }\n")
    (specs / "net.resnet").write_text(NET)
    (specs / "one.resnet").rename(repository / "other.resnet")
    (specs / "fresh.resnet").write_text(ONE.replace("one", "fresh"))
    found = {one["network"]: one for one in since("specs", "other.resnet")}
    expected = {"wrong": "mended", "slip": "mended", "small": "same", "plain": "gone", "one": "same", "fresh": "new"}
    assert {name: one["change"] for name, one in found.items()} == {**expected, "uses": "same"}
    assert found["one"]["was"] == "specs/one.resnet"
    assert found["wrong"]["mistake"] == "there is no operation, block or slot called `conf`"
    assert call("diff", "--base", "main", "other.resnet", "--exit-code").code == 1
    told = call("diff", "--base", "main", "specs", "other.resnet").out
    assert "other.resnet:one\n  it stood in specs/one.resnet\n" in told
    assert "specs/net.resnet:plain (gone)\n" in told


def test_a_network_that_moved_and_changed_is_compared(repository: Path) -> None:
    (repository / "specs" / "one.resnet").unlink()
    (repository / "moved.resnet").write_text(ONE.replace("4", "5"))
    (change,) = since("moved.resnet")
    assert (change["change"], change["was"], change["before"]["params"]) == ("changed", "specs/one.resnet", 108)


def test_of_two_files_that_are_gone_none_is_chosen(repository: Path) -> None:
    (repository / "specs" / "two.resnet").write_text(ONE)
    commit(repository)
    for name in ("one", "two"):
        (repository / "specs" / f"{name}.resnet").unlink()
    (repository / "moved.resnet").write_text(ONE)
    assert kinds("moved.resnet") == {"one": "new"}


def test_a_folder_and_a_file_that_are_gone_may_be_named(repository: Path) -> None:
    for path in (repository / "specs").iterdir():
        path.unlink()
    assert set(kinds("specs").values()) == {"gone"}
    (repository / "specs").rmdir()
    assert set(kinds("specs").values()) == {"gone"}
    assert kinds("specs/one.resnet") == {"one": "gone"}


def test_a_file_that_is_gone_and_had_mistakes_is_told(repository: Path) -> None:
    (repository / "slip.resnet").write_text("network slip { input 8x8x3 stage s { conv(4, 3 } }\n")
    commit(repository)
    (repository / "slip.resnet").unlink()
    (change,) = since("slip.resnet")
    assert change["change"] == "gone"
    assert change["mistake"]


def test_a_mistake_of_today_is_told_as_everywhere(repository: Path) -> None:
    (repository / "specs" / "one.resnet").write_text(ONE.replace("conv", "conf"))
    ended = call("diff", "--base", "main", "specs")
    assert (ended.code, ended.out) == (1, "")
    assert "error[E0201]" in ended.err
    (repository / "specs" / "one.resnet").write_text(ONE.replace(")", ""))
    assert call("diff", "--base", "main", "specs").code == 1


def test_from_any_folder_and_by_any_name(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "specs" / "one.resnet").write_text(ONE.replace("4", "5"))
    git("branch", "-q", "topic/base")
    git("tag", "v1")
    monkeypatch.chdir(repository / "specs")
    for base in ("main", "HEAD", "topic/base", "v1", "main~0", "@", "main^{commit}"):
        assert since("one.resnet", base=base)[0]["file"] == "specs/one.resnet"
    monkeypatch.chdir("/")
    assert len(since(str(repository))) == 4


def test_in_a_hook_of_another_repository(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "-q", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    assert set(kinds("specs").values()) == {"same"}


@pytest.mark.parametrize(
    "base",
    [
        "nope",
        "",
        "-p",
        "--output=x",
        "--help",
        "main..HEAD",
        "main:specs/net.resnet",
        "HEAD~99",
        "a\nb",
        "\x1b[31m",
        "ma in",
    ],
)
def test_what_is_no_revision_is_refused(repository: Path, base: str) -> None:
    ended = call("diff", f"--base={base}", "specs")
    assert (ended.code, ended.out) == (2, "")
    assert "= help: " in ended.err
    assert "\x1b" not in ended.err
    assert not (repository / "x").exists()


def test_a_shallow_clone_says_what_to_fetch(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "specs" / "one.resnet").write_text(ONE.replace("4", "5"))
    commit(repository)
    git("clone", "-q", "--depth=1", repository.as_uri(), str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    ended = call("diff", "--base", "HEAD~1", "specs")
    assert ended.code == 2
    assert "git fetch --unshallow" in ended.err
    git("fetch", "-q", "--unshallow", where=tmp_path / "shallow")
    assert kinds("specs")["one"] == "same"
    assert since("specs/one.resnet", base="HEAD~1")[0]["change"] == "changed"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-"], "`-` is in no commit"),
        (["specs", "-"], "`-` is in no commit"),
        (["resnet50"], "does not lie in the repository"),
        (["specs", "../outside.resnet"], "does not lie in the repository"),
        (["none.resnet"], "there is no file `none.resnet`, and was none in `main`"),
        (["specs/on.resnet"], "did you mean `specs/one.resnet`?"),
        (["specs/net.resnet:none"], "there is no network `none`"),
        (["specs/net.resnet:none"], "there are `small`, `plain`"),
        (["specs/one.resnet:other"], "there is `one`"),
        (["empty"], "there is no *.resnet file in `empty`"),
        ([], "required"),
    ],
)
def test_what_cannot_be_compared_is_refused(repository: Path, arguments: list[str], told: str) -> None:
    (repository / "empty").mkdir()
    (repository.parent / "outside.resnet").write_text(ONE)
    ended = call("diff", "--base", "main", *arguments)
    assert ended.code == 2
    assert told in ended.err


def test_outside_of_a_repository_and_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.resnet").write_text(ONE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "not a git repository" in call("diff", "--base", "main", "one.resnet").err
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = call("diff", "--base", "main", "one.resnet")
    assert (ended.code, "git is not installed" in ended.err) == (2, True)


def test_a_repository_without_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.resnet").write_text(ONE)
    git("init", "-q", where=tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "there is no commit `HEAD`" in call("diff", "--base", "HEAD", "one.resnet").err


def test_networks_that_derive_from_those_that_ship(repository: Path) -> None:
    derived = (
        'import "resnet/imagenet"\nnetwork mine from resnet18 {{ {} }}\nnetwork own from resnet50 {{ skips off }}\n'
    )
    (repository / "mine.resnet").write_text(derived.format("skips off"))
    commit(repository)
    (repository / "mine.resnet").write_text(derived.format("use attn = se(16)"))
    assert kinds("mine.resnet") == {"mine": "changed", "own": "same"}


def test_two_are_two_without_a_base(repository: Path) -> None:
    for specs in (["resnet18"], ["resnet18", "resnet34", "resnet50"]):
        assert call("diff", *specs).code == 2


def test_nothing_of_the_repository_runs(repository: Path) -> None:
    """Neither filters, nor textconv, nor hooks, nor a watcher of files, all of which stand in its configuration."""
    (repository / ".gitattributes").write_text("*.resnet filter=evil diff=evil\n")
    program = repository / "evil"
    program.write_text("#!/bin/sh\ntouch ran\ncat\n")
    program.chmod(0o755)
    commit(repository)
    for name in ("filter.evil.smudge", "diff.evil.textconv", "core.fsmonitor", "core.pager", "diff.external"):
        git("config", name, "./evil")
    (repository / "specs" / "one.resnet").write_text(ONE.replace("4", "5"))
    assert kinds("specs")["one"] == "changed"
    assert not list(repository.rglob("ran"))


def test_links_and_strange_files_of_then(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "link.resnet").symlink_to("specs/one.resnet")
    (repository / "latin.resnet").write_bytes(b"# caf\xe9\n" + ONE.replace("one", "latin").encode())
    (repository / "imports.resnet").write_text('import "../outside.resnet"\n' + ONE.replace("one", "imports"))
    commit(repository)
    (repository / "link.resnet").unlink()
    (repository / "link.resnet").write_text(ONE.replace("one", "link"))
    (repository / "latin.resnet").write_text(ONE.replace("one", "latin"))
    (repository / "imports.resnet").write_text(ONE.replace("one", "imports"))
    found = {one["network"]: one for one in since("link.resnet", "latin.resnet", "imports.resnet")}
    assert {one["change"] for one in found.values()} == {"mended"}
    assert "is a link in `main`" in found["link"]["mistake"]
    assert "not UTF-8" in found["latin"]["mistake"]
    assert "../outside.resnet" in found["imports"]["mistake"]


def test_what_is_too_much_is_refused(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "large.resnet").write_text("#" * 1_000_001)
    commit(repository)
    (repository / "large.resnet").write_text(ONE.replace("one", "large"))
    assert "too large" in since("large.resnet")[0]["mistake"]
    for bound in ("MOST_FILES", "MOST_SPECS"):
        with monkeypatch.context() as changed:
            changed.setattr(revision, bound, 3)
            ended = call("diff", "--base", "main", "specs")
            assert (ended.code, "holds more than" in ended.err) == (2, True)


def test_a_tree_that_unfolds_without_end_is_refused(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten folders in each of ten folders, and so on: ten thousand million files, of one object each."""
    monkeypatch.setattr(revision, "MOST_FILES", 10_000)
    line = f"100644 blob {told('rev-parse', 'main:specs/one.resnet')}\tx.txt\n"
    for _ in range(11):
        tree = told("mktree", stdin=line)
        line = "".join(f"040000 tree {tree}\t{number}\n" for number in range(10))
    git("tag", "bomb", told("commit-tree", "-m", "x", tree))
    ended = call("diff", "--base", "bomb", "specs")
    assert (ended.code, "holds more than 10,000 files" in ended.err) == (2, True)


def told(*arguments: str, stdin: str = "") -> str:
    """What git answers."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=True).stdout.strip()


def test_the_comment_says_counts_and_words(repository: Path) -> None:
    (repository / "specs" / "net.resnet").write_text(TWO.replace("width = 8", "width = 16"))
    text = call("diff", "--base", "main", "specs", "--format", "md").out
    html = rendered(text)
    assert "<td>small<br>specs/net.resnet</td>" in html
    assert ">11,122 → 43,226 (+289 %)</td>" in html
    assert html.count("<details>") == html.count("</details>") == 2
    assert "<summary><code>small</code>: 12 differences</summary>" in html
    assert "<li>trainable parameters: 11_122 and 43_226</li>" in html


def test_two_networks_as_markdown() -> None:
    html = rendered(call("diff", "resnet50", "keras_resnet50", "--format", "md").out)
    assert "<h3>resnet50 and keras_resnet50</h3>" in html
    assert "<td>resnet50 → keras_resnet50</td>" in html
    assert "(−5.7 %)" in html
    same = call("diff", "resnet18", "resnet18", "--format", "md").out
    assert same == "### resnet18 and resnet18\n\nNothing tells them apart.\n"


@pytest.mark.parametrize("code", [0, 1])
def test_the_exit_code_of_two(code: int) -> None:
    other = "resnet34" if code else "resnet18"
    for form in ("text", "json", "md"):
        assert call("diff", "resnet18", other, "--format", form, "--exit-code").code == code
        assert call("diff", "resnet18", other, "--format", form).code == 0


HOSTILE = "a|b @you <img src=x> `x` [y](http_evil) *z* </details> #1 www.x.y $m$ :+1:\n# h.resnet"


def test_names_stay_names(repository: Path) -> None:
    (repository / HOSTILE.replace("/", "_")).write_text(ONE.replace("one", "fresh"))
    git("branch", "<b>|`x`")
    html = rendered(call("diff", "--base", "<b>|`x`", ".", "--format", "md").out)
    for element in ("<img", "<a ", "<em>", "<code>x", "</details>", "<b>", "<h1>"):
        assert element not in html
    assert html.count("<tr>") == 2
    assert "@you" not in html
    assert "#1" not in html
    assert "&lt;img src=x&gt; `x` [y](http_evil) *z*" in html


def test_a_comment_that_would_be_too_long_says_what_it_leaves_out(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "specs" / "net.resnet").write_text(TWO.replace("width = 8", "width = 16"))
    monkeypatch.setattr(markdown, "MOST_CHARACTERS", 2_000)
    text = call("diff", "--base", "main", "specs", "--format", "md").out
    assert len(text) < 2_200
    assert "Left out of what has changed, for its length: 1 more network.\n" in text
    monkeypatch.setattr(markdown, "MOST_CHARACTERS", 560)
    text = call("diff", "--base", "main", "specs", "--format", "md").out
    assert len(text) < 720
    assert rendered(text).count("<tr>") == 2
    assert "\nLeft out of this table, for its length: 1 more network.\n" in text
    assert "Left out of what has changed, for its length: 2 more networks.\n" in text
    monkeypatch.setattr(markdown, "MOST_CHARACTERS", 60_000)
    monkeypatch.setattr(markdown, "_MOST_SENTENCES", 3)
    assert "- and 9 more\n" in call("diff", "--base", "main", "specs", "--format", "md").out


def test_a_submodule_is_a_repository_of_its_own(repository: Path, tmp_path: Path) -> None:
    git("init", "-q", "-b", "main", str(tmp_path / "inner"))
    (tmp_path / "inner" / "deep.resnet").write_text(ONE.replace("one", "deep"))
    commit(tmp_path / "inner")
    git("submodule", "add", "-q", str(tmp_path / "inner"), "inner", where=repository)
    commit(repository)
    assert kinds("inner/deep.resnet") == {"deep": "same"}
    ended = call("diff", "--base", "main", ".")
    assert (ended.code, "inner" in ended.err) == (2, True)
