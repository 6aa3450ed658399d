"""`stopper audit` does as it is told, says what it left out, and survives anything."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

STOPPER = str(Path(sys.executable).with_name("stopper"))
LOAD = "import yaml\n\n\ndef read(text):\n    return yaml.unsafe_load(text)\n"


def stopper(*arguments, cwd=None, env=None, text=True):
    return subprocess.run(
        [STOPPER, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=text,
        timeout=120,
    )


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def report(*arguments, **options):
    """Return the JSON report, and that the command said nothing else."""
    done = stopper("audit", "--format", "json", *arguments, **options)
    assert done.stderr == ""
    made = json.loads(done.stdout)
    assert made["failures"] == []
    assert made["summary"]["exit_code"] == done.returncode
    return made


def found(made):
    return [
        (f["rule"], f["path"], f["line"]) for f in made["findings"] if not f["allowed"]
    ]


@pytest.fixture
def leaky(tmp_path):
    return write(tmp_path, {"app.py": LOAD})


YAML = ("unsafe-yaml-load", "app.py", 5)


class TestWhatItIsAskedFor:
    def test_a_finding_is_shown_with_its_line_and_ends_with_one(self, leaky):
        done = stopper("audit", leaky)

        assert done.returncode == 1
        assert "app.py:5:" in done.stdout
        assert "return yaml.unsafe_load(text)" in done.stdout
        assert "stopper explain unsafe-yaml-load" in done.stdout
        assert done.stderr == ""

    def test_a_clean_project_ends_with_zero(self, tmp_path):
        done = stopper("audit", write(tmp_path, {"app.py": "x = 1\n"}))
        assert (done.returncode, done.stderr) == (0, "")
        assert "Nothing to mend." in done.stdout

    def test_this_folder_is_audited_where_none_is_named(self, leaky):
        assert found(report(cwd=leaky)) == [YAML]

    def test_several_paths_are_one_project(self, tmp_path):
        write(tmp_path, {"a/app.py": LOAD, "b/app.py": LOAD, "c/app.py": LOAD})
        made = report(tmp_path / "a", tmp_path / "b" / "app.py")

        assert found(made) == [
            ("unsafe-yaml-load", "a/app.py", 5),
            ("unsafe-yaml-load", "b/app.py", 5),
        ]

    @pytest.mark.parametrize(
        ("level", "code"),
        [("note", 1), ("low", 1), ("medium", 1), ("high", 0), ("never", 0)],
    )
    def test_the_level_that_fails_is_the_users(self, leaky, level, code):
        made = report("--fail-on", level, leaky)
        level = {f["rule"]: f["level"] for f in made["findings"]}["unsafe-yaml-load"]

        assert level == "medium"
        assert made["summary"]["exit_code"] == code

    def test_select_takes_rules_and_controls_with_commas(self, leaky):
        assert found(report("--select", "secrets,unsafe-yaml-load", leaky)) == [YAML]
        assert found(report("--select", "serialization", leaky)) == [YAML]
        assert found(report("--select", "secrets", leaky)) == []

    def test_what_an_option_ignores_is_counted(self, leaky):
        made = report("--ignore", "serialization", leaky)

        assert found(made) == []
        assert made["summary"]["ignored"] == {"unsafe-yaml-load": 1}

    def test_tests_are_counted_and_shown_on_demand(self, tmp_path):
        write(tmp_path, {"tests/test_app.py": LOAD, "app.py": ""})

        made = report(tmp_path)
        assert found(made) == []
        assert made["summary"]["in_tests"] == {"unsafe-yaml-load": 1}
        assert found(report("--tests", tmp_path)) == [
            ("unsafe-yaml-load", "tests/test_app.py", 5)
        ]

    def test_what_is_excluded_is_not_read(self, tmp_path):
        made = report("--exclude", "old", write(tmp_path, {"old/app.py": LOAD}))

        assert found(made) == []
        assert made["summary"]["skipped"] == {"excluded": 1}

    def test_a_report_goes_to_a_file_whole(self, leaky, tmp_path_factory):
        file = tmp_path_factory.mktemp("out") / "report.json"
        done = stopper("audit", "--format", "json", "--output", file, leaky)

        assert (done.returncode, done.stdout) == (1, "")
        assert found(json.loads(file.read_text("utf-8"))) == [YAML]
        assert [p.name for p in file.parent.iterdir()] == ["report.json"]

    def test_quiet_leaves_the_summary_out(self, leaky):
        done = stopper("audit", "--quiet", leaky)

        assert "app.py:5:" in done.stdout
        assert "in all" not in done.stdout

    def test_a_library_of_which_nothing_is_known_is_named(self, tmp_path):
        write(
            tmp_path,
            {"app.py": "import nosuchlibrary, os, yaml, pack.mod\n", "pack/mod.py": ""},
        )
        assert report(tmp_path)["summary"]["not_modelled"] == ["nosuchlibrary"]

    def test_the_past_is_searched_on_demand(self, tmp_path):
        from dulwich import porcelain

        key = "AKIA" + "Q7ZK2MWX4TRV6PLB"
        porcelain.init(str(tmp_path))
        who = {"author": b"A <a@example.org>", "committer": b"A <a@example.org>"}
        write(tmp_path, {"app.py": f'ACCESS = "{key}"\n'})
        porcelain.add(str(tmp_path), paths=[str(tmp_path / "app.py")])
        porcelain.commit(str(tmp_path), message=b"one", **who)
        write(tmp_path, {"app.py": "ACCESS = None\n"})
        porcelain.add(str(tmp_path), paths=[str(tmp_path / "app.py")])
        porcelain.commit(str(tmp_path), message=b"two", **who)

        assert found(report(tmp_path)) == []
        done = stopper("audit", "--history", "--format", "json", tmp_path)
        [past] = json.loads(done.stdout)["findings"]
        assert past["rule"] == "secret-in-history"
        assert past["path"].endswith(":app.py")
        assert key not in done.stdout


class TestWhatTheProjectSays:
    def test_an_allowed_finding_is_counted_with_its_reason(self, tmp_path):
        allow = "  # stopper: allow[unsafe-yaml-load] the text is ours\n"
        made = report(write(tmp_path, {"app.py": LOAD.rstrip() + allow}))

        assert found(made) == []
        assert [f["allowed"]["reason"] for f in made["findings"]] == [
            "the text is ours"
        ]
        assert made["summary"]["allowed"] == {"unsafe-yaml-load": 1}

    @pytest.mark.parametrize(
        ("comment", "rule"),
        [
            ("allow[unsafe-yaml-load]", "allow-without-reason"),
            ("allow[unsafe-yaml-load, no-such] it is ours", "unknown-allow"),
            ("allow[unsafe-yaml-load, unsafe-pickle] it is ours", "obsolete-allow"),
            (
                "allow[unsafe-yaml-load, audit, allow-without-reason]",
                "allow-without-reason",
            ),
        ],
    )
    def test_a_comment_is_judged_itself(self, tmp_path, comment, rule):
        text = LOAD.rstrip() + f"  # stopper: {comment}\n"
        assert (rule, "app.py", 5) in found(report(write(tmp_path, {"app.py": text})))

    def test_a_comment_about_a_rule_that_did_not_run_is_not_obsolete(self, tmp_path):
        text = "x = 1  # stopper: allow[unsafe-yaml-load, secret-in-history] why\n"
        write(tmp_path, {"app.py": text})

        assert found(report("--select", "obsolete-allow", tmp_path)) == []
        assert [r for r, *_ in found(report(tmp_path))] == ["obsolete-allow"]

    def test_its_settings_hold_and_are_told(self, leaky):
        write(
            leaky,
            {"pyproject.toml": '[tool.stopper]\nignore = ["unsafe-yaml-load"]\n'},
        )
        made = report(leaky)

        assert found(made) == []
        assert made["summary"]["ignored_by_project"] == {"unsafe-yaml-load": 1}
        assert made["summary"]["project_options"] == ['ignore = ["unsafe-yaml-load"]']

    def test_what_it_does_not_select_is_counted_as_ignored(self, leaky):
        write(leaky, {"pyproject.toml": '[tool.stopper]\nselect = ["secrets"]\n'})
        made = report(leaky)

        assert found(made) == []
        assert made["summary"]["ignored_by_project"] == {"unsafe-yaml-load": 1}

    def test_the_command_line_wins(self, leaky):
        write(
            leaky,
            {
                "pyproject.toml": "[tool.stopper]\n"
                'ignore = ["serialization"]\nfail-on = "never"\n'
            },
        )
        made = report("--select", "unsafe-yaml-load", "--fail-on", "low", leaky)

        assert found(made) == [YAML]
        assert made["summary"]["exit_code"] == 1

    def test_it_is_passed_over_on_demand(self, tmp_path):
        allow = "  # stopper: allow[unsafe-yaml-load] the text is ours\n"
        files = {
            "app.py": LOAD.rstrip() + allow,
            "pyproject.toml": "[tool.stopper]\nnonsense = [[[\n",
        }
        made = report("--no-project-config", write(tmp_path, files))

        assert YAML in found(made)
        assert made["summary"]["not_obeyed"] == {"stopper: allow": 1}

    def test_comments_for_other_tools_silence_nothing(self, tmp_path):
        text = LOAD.rstrip() + "  # nosec  # noqa: S506\n"
        made = report(write(tmp_path, {"app.py": text}))

        assert found(made) == [YAML]
        assert made["summary"]["not_obeyed"] == {"noqa: S": 1, "nosec": 1}


class TestWhatCannotBeDone:
    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["nowhere"], "nowhere is not there"),
            (["--select", "unsafe-yaml-lod"], "Did you mean unsafe-yaml-load?"),
            (["--ignore", "secrts"], "Did you mean secrets?"),
            (["--output", "/nowhere/at/all"], "cannot be written"),
            (["--fail-on", "loud"], "is not one of"),
            (["--no-such-option"], "No such option"),
            (["\x1b[2J"], "is not there"),
            ([""], "A path is empty"),
        ],
    )
    def test_a_wrong_option_ends_with_two(self, tmp_path, arguments, says):
        done = stopper("audit", *arguments, cwd=tmp_path)

        assert done.returncode == 2
        assert says in done.stderr
        assert "Traceback" not in done.stderr
        assert "\x1b" not in done.stderr

    def test_an_unreadable_setting_ends_with_two(self, leaky):
        write(leaky, {"pyproject.toml": '[tool.stopper]\nfail-on = "loud"\n'})
        done = stopper("audit", leaky)

        assert done.returncode == 2
        assert "fail-on takes one of note, low, medium, high, never" in done.stderr

    def test_a_closed_pipe_is_no_error(self, leaky):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [STOPPER, "audit", str(leaky)],
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
        )
        os.close(writing)

        assert done.stderr == b""
        assert done.returncode == 141

    def test_a_folder_in_the_place_of_the_report_is_refused(self, leaky):
        done = stopper("audit", "-o", leaky, leaky)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


class TestTheTerminal:
    def run(self, *arguments, env=None):
        """Return what a terminal is sent."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [STOPPER, *map(str, arguments)],
            stdout=slave,
            stderr=subprocess.PIPE,
            env={
                **{k: v for k, v in os.environ.items() if k != "NO_COLOR"},
                "TERM": "xterm",
                **(env or {}),
            },
        )
        os.close(slave)
        sent = b""

        try:
            while chunk := os.read(master, 65536):
                sent += chunk
        except OSError:
            pass  # the other end is closed

        process.communicate(timeout=60)
        os.close(master)
        return sent.decode()

    def test_colours_are_for_terminals(self, leaky):
        assert "\x1b[" in self.run("audit", leaky)
        assert "\x1b[" not in stopper("audit", leaky).stdout

    @pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
    def test_colours_can_be_declined(self, leaky, env):
        assert "\x1b[" not in self.run("audit", leaky, env=env)

    def test_audited_code_cannot_steer_it(self, tmp_path):
        hostile = "evil\x1b]0;x\x07\x9b2J\u202e.py"
        (tmp_path / hostile).write_text(
            "import yaml\nyaml.unsafe_load(x + '\x1b[2J\x07\u202e\u2066')\n", "utf-8"
        )
        sent = stopper("audit", tmp_path).stdout

        assert "unsafe-yaml-load" in sent
        assert not set(sent) & set("\x1b\x07\x9b\u202e\u2066\r")

    def test_lines_fit_eighty_columns(self, leaky):
        write(leaky, {"long.py": LOAD.replace("text)", "text" + " or text" * 90 + ")")})
        assert [
            line
            for line in stopper("audit", leaky).stdout.splitlines()
            if len(line) > 80
        ] == []

    def test_a_stream_that_lacks_a_letter_still_gets_the_report(self, tmp_path):
        write(tmp_path, {"app.py": LOAD.replace("text", "текст")})
        done = stopper("audit", tmp_path, env={"PYTHONIOENCODING": "ascii"})

        assert done.returncode == 1
        assert "\\u0442" in done.stdout

    def test_a_secret_is_not_shown(self, tmp_path):
        secret = "kJ8!vQ2z-Xw71pLm9_Tr40bYs"
        text = (
            f'from flask import Flask\napp = Flask("a")\napp.secret_key = "{secret}"\n'
        )
        write(tmp_path, {"app.py": text})

        for format in ("text", "json", "sarif"):
            done = stopper("audit", "--format", format, tmp_path)
            assert "hardcoded-secret-key" in done.stdout
            assert secret not in done.stdout


class TestNothingOfItRuns:
    def test_no_module_of_the_audited_folder_is_loaded(self, tmp_path):
        marker = tmp_path / "ran"
        spring = f"open({str(marker)!r}, 'w').close()\n"
        names = (
            "app", "sitecustomize", "usercustomize", "conftest", "ast", "json", "rich",
            "click", "yaml", "libcst", "dulwich", "stopper", "tomllib", "__init__",
        )  # fmt: skip
        write(tmp_path, {f"{name}.py": spring for name in names})
        write(
            tmp_path,
            {
                "stopper/__init__.py": spring,
                "pyproject.toml": "[build-system]\nrequires = []\n"
                "build-backend = 'app'\nbackend-path = ['.']\n",
                "setup.py": spring,
                ".git/config": "[core]\n\tfsmonitor = touch ran\n",
                ".git/HEAD": "ref: refs/heads/main\n",
                ".git/objects/x": "",
                ".git/refs/x": "",
            },
        )
        done = stopper("audit", "--history", cwd=tmp_path)

        assert done.returncode in (0, 1)
        assert "Traceback" not in done.stderr
        assert not marker.exists()


class TestHostileProjects:
    def audit(self, folder):
        done = stopper("audit", "--format", "json", folder)
        assert done.stderr == ""
        made = json.loads(done.stdout)
        assert made["failures"] == []
        return made

    def notes(self, folder):
        return {(n["name"], n["path"]) for n in self.audit(folder)["notes"]}

    @pytest.mark.parametrize(
        ("file", "data", "note"),
        [
            ("a.py", b"def f(:\n", "syntax-error"),
            ("a.py", b"print 'hello'\n", "python-2"),
            ("a.py", b"\0" * 5000, "null-bytes"),
            ("a.py", b"x = " + b"(" * 5000 + b")" * 5000, "syntax-error"),
            ("a.py", b"x = " + b"-" * 100_000 + b"1\n", "too-deep"),
        ],
    )
    def test_what_cannot_be_read_is_a_note(self, tmp_path, file, data, note):
        (tmp_path / file).write_bytes(data)
        write(tmp_path, {"app.py": LOAD})
        made = self.audit(tmp_path)

        assert (note, file) in {(n["name"], n["path"]) for n in made["notes"]}
        assert found(made) == [YAML]

    def test_links_in_a_circle_and_pipes_end(self, tmp_path):
        write(tmp_path, {"app.py": LOAD})
        (tmp_path / "loop").symlink_to(tmp_path)
        (tmp_path / "self.py").symlink_to("self.py")
        (tmp_path / "passwd.py").symlink_to("/etc/passwd")
        os.mkfifo(tmp_path / "pipe.py")
        made = self.audit(tmp_path)

        assert found(made) == [YAML]
        assert made["summary"]["skipped"]["special-file"] == 1
        assert ("symlink-outside", "passwd.py") in {
            (n["name"], n["path"]) for n in made["notes"]
        }

    def test_a_folder_that_may_not_be_read_is_a_note(self, tmp_path):
        write(tmp_path, {"app.py": LOAD, "closed/app.py": LOAD})
        (tmp_path / "closed").chmod(0)

        try:
            made = self.audit(tmp_path)
        finally:
            (tmp_path / "closed").chmod(0o700)

        assert YAML in found(made)
        # Root may read it all the same.
        assert os.geteuid() == 0 or ("unreadable", "closed") in {
            (n["name"], n["path"]) for n in made["notes"]
        }

    def test_files_in_other_encodings(self, tmp_path):
        (tmp_path / "requirements.txt").write_bytes("Flask==3.1.3\n".encode("utf-16"))
        (tmp_path / "app.py").write_bytes(
            b"# -*- coding: latin-1 -*-\nx = '\xe9'\n" + LOAD.encode()
        )
        assert found(report("--select", "serialization", tmp_path)) == [
            ("unsafe-yaml-load", "app.py", 7)
        ]

    def test_a_name_that_is_not_utf8(self, tmp_path):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n.py"))).write_text(LOAD)
        assert found(self.audit(tmp_path)) == [
            ("unsafe-yaml-load", "\\udcff\\n.py", 5)
        ] or found(self.audit(tmp_path)) == [("unsafe-yaml-load", "\\xff\\n.py", 5)]

    def test_templates_in_another_language(self, tmp_path):
        write(
            tmp_path,
            {
                "templates/a.html": "{{#if x}}{{> part}}{{/if}} {% verbatim %} {%",
                "templates/b.html": "<#list xs as x>${x}</#list> {{ $.Values | quote }}",
                "templates/c.html": "<?php echo $x ?> <% if (x) { %>",
            },
        )
        self.audit(tmp_path)

    def test_an_empty_folder(self, tmp_path):
        made = self.audit(tmp_path)
        assert made["findings"] == made["notes"] == []

    def test_a_long_module(self, tmp_path):
        text = "import yaml\n" + "x = yaml.safe_load('a: [1, 2]')\n" * 30_000
        write(tmp_path, {"app.py": text + "yaml.unsafe_load(x)\n"})
        assert found(self.audit(tmp_path)) == [("unsafe-yaml-load", "app.py", 30_002)]

    def test_a_project_file_that_fights_back(self, tmp_path):
        for text in ("a." * 50_000 + "b=1", "x=" + "[" * 50_000, "#" * 3_000_000):
            (tmp_path / "pyproject.toml").write_text(text)
            done = stopper("audit", tmp_path)
            assert done.returncode == 2
            assert done.stderr.startswith("stopper: pyproject.toml cannot be read")
            assert stopper("audit", "--no-project-config", tmp_path).returncode == 0
