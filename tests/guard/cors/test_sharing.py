"""Named origins read the answers of marked routes, and nobody else does."""

from __future__ import annotations

import pytest
from flask import abort
from flask import Blueprint
from flask import Flask
from flask.views import MethodView
from werkzeug.routing import Rule

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.guard.cors.marks import allows
from stopper.guard.cors.shared import MOST_KEPT
from stopper.guard.cors.shared import Shared
from stopper.guard.events import event

APP = "https://app.example"
EVIL = "https://evil.example"
ALLOW = "Access-Control-Allow-Origin"
CREDENTIALS = "Access-Control-Allow-Credentials"


def build(**config):
    app = alone(Flask(__name__), "cors")
    app.config.update(TESTING=True, STOPPER_ORIGIN="https://shop.example", **config)
    return app, Stopper(app)


def cors(answer):
    return {
        k.removeprefix("Access-Control-"): v
        for k, v in answer.headers
        if k.startswith("Access-Control-")
    }


def get(app, path="/", origin=APP, **headers):
    return app.test_client().get(path, headers={"Origin": origin, **headers})


def preflight(app, path="/", origin=APP, method="POST", **headers):
    headers |= {"Origin": origin, "Access-Control-Request-Method": method}
    return app.test_client().options(path, headers=headers)


def happened(app, run):
    events = []

    def listen(sender, event):
        events.append(event)

    event.connect(listen, app)
    run()
    event.disconnect(listen, app)
    return [(e.name, str(e.action)) for e in events]


def test_an_app_without_marks_sends_no_header_at_all():
    app, _ = build()
    app.get("/")(lambda: "notes")

    assert cors(get(app)) == {}
    assert cors(preflight(app)) == {}
    assert "Origin" not in get(app).headers.get("Vary", "")


def test_a_named_origin_reads_and_the_answer_varies_with_it():
    app, stopper = build()
    app.get("/")(stopper.cors(APP, expose="X-Total", credentials=True)(lambda: "notes"))
    answer = get(app)

    assert cors(answer) == {
        "Allow-Origin": APP,
        "Allow-Credentials": "true",
        "Expose-Headers": "X-Total",
    }
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "origin",
    [
        EVIL,
        "null",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example.evil.example",
        "https://evilapp.example",
        "https://APP.example",
        "*",
        "",
    ],
)
def test_any_other_origin_reads_nothing_and_the_answer_varies_all_the_same(origin):
    app, stopper = build()
    app.get("/")(stopper.cors(APP, credentials=True)(lambda: "notes"))
    answer = get(app, origin=origin)

    assert cors(answer) == {}
    assert answer.headers["Vary"] == "Origin"
    assert cors(preflight(app, origin=origin)) == {}


def test_an_answer_to_a_request_without_an_origin_varies_too():
    app, stopper = build()
    app.get("/")(stopper.cors(APP)(lambda: "notes"))

    assert app.test_client().get("/").headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("has", "gets"),
    [
        ("Cookie", "Cookie, Origin"),
        ("*", "*"),
        ("Accept, origin", "Accept, origin"),
    ],
)
def test_vary_is_merged_with_what_the_view_says(has, gets):
    app, stopper = build()
    app.get("/")(stopper.cors(APP)(lambda: ("notes", {"Vary": has})))

    assert get(app).headers.getlist("Vary") == [gets]


def test_public_data_is_the_same_for_everyone():
    app, stopper = build()
    app.get("/")(stopper.cors("*")(lambda: "rates"))
    answer = get(app, origin=EVIL)

    assert cors(answer) == {"Allow-Origin": "*"}
    assert "Vary" not in answer.headers


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_an_error_is_readable_to_the_named_origin(status):
    app, stopper = build()
    app.get("/")(stopper.cors(APP)(lambda: abort(status)))

    assert (get(app).status_code, cors(get(app))) == (status, {"Allow-Origin": APP})


def test_a_refusal_of_another_hook_is_readable_too():
    app, stopper = build()
    app.before_request(lambda: abort(401))
    app.get("/")(stopper.cors(APP)(lambda: "notes"))

    assert (get(app).status_code, cors(get(app))) == (401, {"Allow-Origin": APP})


def test_a_preflight_is_told_the_whole_permission():
    app, stopper = build()
    mark = stopper.cors(APP, headers=["Authorization"], credentials=True)
    app.route("/", methods=["PUT", "DELETE"])(mark(lambda: "notes"))
    answer = preflight(app, method="PUT")

    assert answer.status_code == 204
    assert answer.data == b""
    assert answer.headers["Vary"] == "Origin"
    assert cors(answer) == {
        "Allow-Origin": APP,
        "Allow-Credentials": "true",
        "Allow-Methods": "DELETE, PUT",
        "Allow-Headers": "Authorization",
        "Max-Age": "7200",
    }


def test_methods_and_age_are_those_of_the_mark():
    app, stopper = build()
    mark = stopper.cors(APP, methods=["put"], max_age=60)
    app.route("/", methods=["PUT", "DELETE"])(mark(lambda: "notes"))
    found = cors(preflight(app, method="PUT"))

    assert (found["Allow-Methods"], found["Max-Age"]) == ("PUT", "60")


def test_a_private_network_is_never_opened():
    app, stopper = build()
    app.post("/")(stopper.cors(APP)(lambda: "notes"))
    answer = preflight(app, **{"Access-Control-Request-Private-Network": "true"})

    assert set(cors(answer)) == {"Allow-Origin", "Allow-Methods", "Max-Age"}


def test_the_route_of_the_method_asked_for_decides():
    app, stopper = build()
    app.get("/", endpoint="read")(lambda: "notes")
    app.post("/", endpoint="write")(stopper.cors(APP)(lambda: "noted"))

    assert cors(preflight(app, method="GET")) == {}
    assert cors(preflight(app, method="POST"))["Allow-Methods"] == "POST"


def test_a_route_without_options_of_its_own_is_answered_as_well():
    app, stopper = build()
    view = stopper.cors(APP)(lambda: "notes")
    app.add_url_rule(
        "/", view_func=view, methods=["POST"], provide_automatic_options=False
    )

    assert preflight(app).status_code == 204
    assert cors(preflight(app))["Allow-Origin"] == APP


def test_options_that_are_no_preflight_reach_the_view():
    app, stopper = build()
    app.route("/", methods=["OPTIONS"])(stopper.cors(APP)(lambda: "mine"))
    answer = app.test_client().options("/", headers={"Origin": APP})

    assert answer.text == "mine"
    assert cors(answer) == {"Allow-Origin": APP}


def test_a_view_s_mark_goes_before_its_blueprint_s():
    app, stopper = build()
    api = stopper.cors(APP)(Blueprint("api", __name__))
    inner = Blueprint("inner", __name__)
    api.get("/all")(lambda: "all")
    api.get("/mine", endpoint="mine")(stopper.cors(EVIL)(lambda: "mine"))
    api.get("/none", endpoint="none")(stopper.cors.none(lambda: "none"))
    inner.get("/inner")(lambda: "inner")
    api.register_blueprint(inner)
    app.register_blueprint(api)

    assert cors(get(app, "/all")) == {"Allow-Origin": APP}
    assert cors(get(app, "/inner")) == {"Allow-Origin": APP}
    assert cors(get(app, "/mine")) == {}
    assert cors(get(app, "/mine", EVIL)) == {"Allow-Origin": EVIL}
    assert cors(get(app, "/none")) == {}


def test_a_class_and_a_method_of_it_are_marked():
    app, stopper = build()

    @stopper.cors(APP)
    class Notes(MethodView):
        def get(self):
            return "notes"

        @stopper.cors(EVIL)
        def post(self):
            return "noted"

    app.add_url_rule("/", view_func=Notes.as_view("notes"))

    assert cors(get(app)) == {"Allow-Origin": APP}
    assert cors(preflight(app)) == {}
    assert cors(preflight(app, origin=EVIL))["Allow-Origin"] == EVIL
    assert cors(app.test_client().head("/", headers={"Origin": APP})) != {}


@pytest.mark.parametrize(
    ("origins", "says"),
    [
        ("null", "sandboxed"),
        (["*", APP], "alone"),
        ([], "at least one"),
        ("https://app.example/", "without a path"),
        ("https://*.app.example", "pattern"),
        (r"^https://app\.example$", "pattern"),
        ("https://app.example$", "pattern"),
        ("https://user@app.example", "without a path"),
        ("https://bücher.example", "xn--"),
        ("http://app.example", "localhost"),
        ("app.example", "scheme"),
        ("https://", "scheme"),
        ("https://app.example:99999", "scheme"),
        (None, "text"),
        ([3], "text"),
    ],
)
def test_what_is_no_named_origin_is_refused_when_declared(origins, says):
    with pytest.raises(SettingError, match=says):
        Stopper().cors(origins)


def test_everyone_with_credentials_is_refused_when_declared():
    with pytest.raises(SettingError, match="with credentials"):
        Stopper().cors("*", credentials=True)


@pytest.mark.parametrize("what", ["methods", "headers", "expose"])
@pytest.mark.parametrize("name", ["*", "X-A\r\nSet-Cookie: a=b", "A, B", "", 3])
def test_what_is_no_name_of_a_header_is_refused_when_declared(what, name):
    with pytest.raises(SettingError, match=what):
        Stopper().cors(APP, **{what: [name]})


@pytest.mark.parametrize("age", [-1, 86401, "60", True])
def test_an_age_that_no_browser_keeps_is_refused(age):
    with pytest.raises(SettingError, match="86400"):
        Stopper().cors(APP, max_age=age)


def test_an_origin_is_taken_as_a_browser_writes_it():
    app, stopper = build()
    app.get("/")(stopper.cors("https://App.Example:443")(lambda: "notes"))

    assert cors(get(app)) == {"Allow-Origin": APP}


def test_a_refused_read_is_one_event_for_a_route_and_an_origin():
    app, stopper = build()
    app.get("/")(stopper.cors(APP)(lambda: "notes"))

    def run():
        for _ in range(3):
            get(app, origin=EVIL)

    assert happened(app, run) == [("origin-refused", "refused")]


def test_events_of_made_up_origins_come_to_an_end():
    app, stopper = build()
    app.get("/")(stopper.cors(APP)(lambda: "notes"))

    def run():
        for n in range(200):
            get(app, origin=f"https://e{n}.example")

    assert len(happened(app, run)) == 50


def test_a_script_s_read_of_an_unmarked_route_is_noted():
    app, _ = build()
    app.get("/")(lambda: "notes")

    assert happened(app, lambda: get(app, origin=EVIL)) == []
    assert happened(
        app, lambda: get(app, origin=EVIL, **{"Sec-Fetch-Mode": "cors"})
    ) == [("origin-refused", "noted")]


def test_the_app_s_own_origin_is_no_event():
    app, stopper = build()
    app.get("/")(stopper.cors(APP)(lambda: "notes"))

    assert happened(app, lambda: get(app, origin="https://shop.example")) == []


def test_csrf_may_ask_who_acts_with_cookies():
    view = Stopper().cors(APP, methods="POST", credentials=True)(lambda: "")
    without = Stopper().cors(APP)(lambda: "")

    assert allows(view, APP)
    assert not allows(view, APP, "DELETE")
    assert not allows(view, EVIL)
    assert not allows(without, APP)
    assert not allows(lambda: "", APP)


def test_methods_that_a_client_makes_up_do_not_fill_the_memory():
    app, stopper = build()
    # A rule of Werkzeug's, as extensions add them, may take every method.
    app.url_map.add(Rule("/any", endpoint="any"))
    app.view_functions["any"] = stopper.cors(APP)(lambda: "")
    shared = Shared(app)

    for n in range(MOST_KEPT + 10):
        assert shared.of("any", f"ODD-{n}")

    assert len(shared._found) == MOST_KEPT
