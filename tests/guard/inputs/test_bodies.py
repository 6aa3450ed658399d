"""Bodies have a limit that says its name, and form fields hold text."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask import jsonify
from flask import request

from alone import alone
from stopper import Stopper
from stopper.testing import events

MIB = 1024 * 1024


def app_of(tmp_path, *controls, **config):
    app = Flask("boats", instance_path=str(tmp_path / "instance"))
    alone(app, "inputs", *controls)
    app.config.update(config)

    @app.post("/form")
    def form():
        files = {k: len(f.read()) for k, f in request.files.items()}
        return jsonify(form=request.form.to_dict(), files=files)

    @app.post("/raw")
    def raw():
        return jsonify(size=len(request.get_data()))

    @app.post("/json")
    def read_json():
        return jsonify(request.get_json(silent="silent" in request.args))

    @app.post("/large")
    def large():
        request.max_content_length = 20 * MIB
        return jsonify(size=len(request.get_data()))

    @app.post("/unread")
    def unread():
        return "unread"

    Stopper(app)
    return app


@pytest.fixture
def app(tmp_path):
    return app_of(tmp_path)


def post(app, path, **options):
    with events(app) as found:
        response = app.test_client().post(path, **options)

    return response, found


def test_a_body_has_a_limit_by_default(app):
    response, found = post(app, "/raw", data=b"a" * (16 * MIB + 1))

    assert response.status_code == 413
    assert [e.name for e in found] == ["body-too-large"]
    assert "STOPPER_MAX_BODY" in found[0].message
    assert found[0].details["size"] == 16 * MIB + 1


def test_a_view_may_take_more(app):
    response, found = post(app, "/large", data=b"a" * (17 * MIB))

    assert (response.json, found) == ({"size": 17 * MIB}, [])


def test_the_apps_own_limit_stays(tmp_path):
    app = app_of(tmp_path, MAX_CONTENT_LENGTH=10, STOPPER_MAX_BODY=MIB)

    assert post(app, "/raw", data=b"a" * 11)[0].status_code == 413
    assert post(app, "/raw", data=b"a" * 10)[0].status_code == 200


def test_the_setting_is_the_limit(tmp_path):
    app = app_of(tmp_path, STOPPER_MAX_BODY=2048)

    assert post(app, "/raw", data=b"a" * 2049)[0].status_code == 413
    assert post(app, "/raw", data=b"a" * 2048)[0].status_code == 200


def parts(**fields):
    """Return a multipart body, written here: the test client would keep it in a file."""
    lines = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    text = "".join(lines) + "--b--\r\n"
    return {"data": text.encode(), "content_type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize(
    ("fields", "setting"),
    [
        ({"a": "x" * 600_000}, "MAX_FORM_MEMORY_SIZE"),
        ({f"a{n}": "" for n in range(1001)}, "MAX_FORM_PARTS"),
    ],
)
def test_flasks_limits_of_forms_are_named(app, fields, setting):
    response, found = post(app, "/form", **parts(**fields))

    assert response.status_code == 413
    assert setting in found[0].message


def test_the_setting_behind_a_413_stands_on_the_page_in_debug(tmp_path):
    def asked(name, **config):
        app = app_of(tmp_path / name, "errors", **config)
        return post(app, "/form", **parts(a="x" * 600_000))[0]

    debug = asked("a", DEBUG=True)
    other = asked("b")

    assert "MAX_FORM_MEMORY_SIZE" in debug.text
    assert "MAX_FORM" not in other.text


def test_report_sets_no_limit_and_says_what_would_be_over(tmp_path):
    app = app_of(
        tmp_path,
        STOPPER_INPUTS_MODE="report",
        STOPPER_REPORT_UNTIL="2099-01-01",
        STOPPER_MAX_BODY=2048,
    )
    response, found = post(app, "/raw", data=b"a" * 4096)

    assert (response.json, found.reported) == ({"size": 4096}, ["body-too-large"])


@pytest.mark.parametrize("value", ["a\0b", "a\x1b[2J", "\x7f", "\x0b"])
@pytest.mark.parametrize("multipart", [False, True])
def test_a_control_character_in_a_field_is_refused(app, value, multipart):
    data = {"name": value}

    if multipart:
        data["f"] = (io.BytesIO(b"f"), "f.txt")

    response, found = post(app, "/form", data=data)

    assert response.status_code == 400
    assert [(e.name, e.details["field"]) for e in found] == [
        ("control-character", "name")
    ]


def test_text_with_lines_tabs_and_other_scripts_is_taken(app):
    text = "one\r\ntwo\tthree\nфото 🛶 \u00a0\u200d"
    response, found = post(app, "/form", data={"name": text})

    assert (response.json["form"], found) == ({"name": text}, [])


def test_a_file_may_hold_anything_and_its_name_may_not(app):
    good = {"f": (io.BytesIO(bytes(range(256))), "фото.jpg")}

    assert post(app, "/form", data=good)[0].json["files"] == {"f": 256}

    # The test client would write such a name as it has to be written.
    body = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="a\0.php"\r\n\r\n'
        b"data\r\n--b--\r\n"
    )
    kind = "multipart/form-data; boundary=b"
    response, found = post(app, "/form", data=body, content_type=kind)

    assert response.status_code == 400
    assert found[0].details["where"] == "file"


UNNAMED = {
    "a field": "Content-Disposition: form-data",
    "a file": 'Content-Disposition: form-data; filename="a.txt"',
}


def unnamed(what):
    """Return the options of a request with a part that has no name."""
    body = f"--b\r\n{UNNAMED[what]}\r\n\r\ndata\r\n--b--\r\n".encode()
    return {"data": body, "content_type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize("what", UNNAMED)
def test_a_part_of_a_form_without_a_name_is_refused(app, what):
    response, found = post(app, "/form", **unnamed(what))

    assert (response.status_code, found.refused) == (400, ["unnamed-field"])


@pytest.mark.parametrize("what", UNNAMED)
def test_on_trial_a_part_without_a_name_reaches_the_view(tmp_path, what):
    app = app_of(
        tmp_path, STOPPER_INPUTS_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01"
    )
    response, found = post(app, "/form", **unnamed(what))

    assert (response.status_code, found.reported) == (200, ["unnamed-field"])


def test_a_body_that_no_view_reads_is_not_read_by_us(app):
    class Unreadable(io.BytesIO):
        def read(self, *args):
            raise AssertionError("it was read")

    response = app.test_client().post(
        "/unread",
        input_stream=Unreadable(),
        content_length=5,
        content_type="application/x-www-form-urlencoded",
    )

    assert response.text == "unread"


def test_binary_and_json_bodies_are_left_to_the_view(app):
    for kind in ("application/octet-stream", "application/json"):
        response, found = post(app, "/raw", data=b"\0\xff", content_type=kind)
        assert (response.json, found) == ({"size": 2}, [])


DEEP = {"data": b"[" * 200_000, "content_type": "application/json"}


@pytest.mark.parametrize("path", ["/json", "/json?silent=1"])
def test_json_that_is_nested_too_deep_to_be_read_is_refused(app, path):
    response, found = post(app, path, **DEEP)

    assert (response.status_code, found.refused) == (400, ["deep-json"])


def test_on_trial_such_json_fails_as_it_did(tmp_path):
    app = app_of(
        tmp_path, STOPPER_INPUTS_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01"
    )
    response, found = post(app, "/json", **DEEP)

    assert (response.status_code, found.reported) == (500, ["deep-json"])


def test_json_that_is_none_is_answered_as_flask_does(app):
    kind = {"content_type": "application/json"}

    assert post(app, "/json", json=[[1]])[0].json == [[1]]
    assert post(app, "/json", data=b"{", **kind)[0].status_code == 400
    assert post(app, "/json?silent=1", data=b"{", **kind)[0].json is None


def test_an_error_handler_gets_nothing_of_a_refused_form(app):
    app.register_error_handler(400, lambda e: (str(request.form.to_dict()), 400))

    assert post(app, "/form", data={"a": "b", "name": "\0"})[0].text == "{}"


def test_an_apps_own_request_class_stays(tmp_path):
    from flask import Request

    class Own(Request):
        mine = "yes"

    app = app_of(tmp_path)
    app.request_class = Own
    app.add_url_rule("/mine", "mine", lambda: request.mine)

    assert app.test_client().get("/mine").text == "yes"
    assert post(app, "/form", data={"a": "\0"})[0].status_code == 400
    assert issubclass(app.request_class, Own)


def test_report_lets_a_field_through(tmp_path):
    app = app_of(
        tmp_path, STOPPER_INPUTS_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01"
    )
    response, found = post(app, "/form", data={"a": "\0"})

    assert (response.json["form"], found.reported) == (
        {"a": "\0"},
        ["control-character"],
    )
