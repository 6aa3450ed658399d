"""The notes app: what it does, and what it refuses."""

import io
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest

from stopper.guard.apikeys.wishes import Wish
from stopper.testing import mails

ADA, BEN, CY = "ada@example.org", "ben@example.org", "cy@example.org"
PASSWORD = "four words that rhyme"
HTTPS = "https://localhost"


class Visitor:
    """A browser without a screen: it follows forms with the token that they hold."""

    def __init__(self, app):
        self.app = app
        self.client = app.test_client()
        self.client.environ_base["HTTP_ACCEPT"] = "text/html"

    def get(self, address, **kwargs):
        return self.client.get(address, base_url=HTTPS, **kwargs)

    def token(self, address):
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(address).text)
        return found[1]

    def post(self, where, /, page=None, **form):
        form["csrf_token"] = self.token(page or where)
        return self.client.post(
            where,
            data=form,
            base_url=HTTPS,
            follow_redirects=True,
            content_type="multipart/form-data",
        )

    def join(self, address, password=PASSWORD, **more):
        return self.post(
            "/account/register", address=address, password=password, **more
        )

    def login(self, address, password=PASSWORD):
        return self.post("/account/login", address=address, password=password)

    def write(self, title, body=""):
        """Write a note and return its address."""
        return self.post("/notes/new", title=title, body=body).request.path

    def upload(self, data, name="me.png"):
        return self.post("/me/picture", page="/me", picture=(io.BytesIO(data), name))


@pytest.fixture
def app(make_notes):
    made = make_notes(TESTING=True)
    yield made
    made.extensions["notes.engine"].dispose()


@pytest.fixture
def accounts(app):
    return app.extensions["stopper.accounts"]


@pytest.fixture
def visitor(app):
    return Visitor(app)


@pytest.fixture(scope="module")
def hashes():
    """The hash of the password, once it was made: it is slow on purpose."""
    return []


@pytest.fixture
def arrive(app, accounts, hashes):
    """Return what has somebody join, verify the address and log in."""

    def come(address):
        if not hashes:
            hashes.append(accounts.passwords.hash(PASSWORD))

        with accounts.database.writing() as sql:
            made = accounts.people.add(sql, address, hashes[0], "", accounts.now)
            accounts.people.set_verified(sql, made.id, accounts.now)

        visitor = Visitor(app)
        visitor.id = made.id

        with visitor.client.session_transaction(base_url=HTTPS) as session:
            login = {"at": accounts.now, "fresh": accounts.now, "how": ["password"]}
            session["_stopper_login"], session["_user_id"] = login, made.id

        return visitor

    return come


@pytest.fixture
def ada(arrive):
    return arrive(ADA)


@pytest.fixture
def ben(arrive):
    return arrive(BEN)


# Who is here


def test_a_person_joins_by_a_link_in_a_mail_and_logs_in(app, visitor):
    with mails(app) as sent:
        assert "Look into your mail" in visitor.join(ADA, name="Ada").text
        link = re.search(r"https://localhost:5000(/\S+)", sent[0].get_content())[1]

    assert visitor.get("/me").location == "/account/login?next=/me"
    token = link.rpartition("/")[2]
    page = visitor.post("/account/verify/link", page=link, token=token)
    assert "Your address is verified." in page.text
    page = visitor.login(ADA)
    assert page.request.path == "/"
    assert "Your notes" in page.text
    assert "<span>Ada</span>" in page.text


def test_who_said_no_name_is_called_by_the_address(ada):
    assert "<span>ada</span>" in ada.get("/").text


def test_a_person_logs_out_and_in_again(ada):
    assert "Write it down." in ada.post("/account/logout", page="/").text
    assert ada.get("/me").location == "/account/login?next=/me"
    assert "Your notes" in ada.login(ADA).text


def test_a_copied_cookie_is_worth_nothing_after_logout(app, ada):
    thief = app.test_client()
    kept = ada.client.get_cookie("__Host-notes").value
    thief.set_cookie("__Host-notes", kept, secure=True)
    assert thief.get("/me", base_url=HTTPS).status_code == 200
    ada.post("/account/logout", page="/")
    thief.set_cookie("__Host-notes", kept, secure=True)
    assert thief.get("/me", base_url=HTTPS).status_code == 401


def test_a_person_is_logged_out_everywhere_else(app, ada):
    elsewhere = Visitor(app)
    elsewhere.login(ADA)
    assert elsewhere.get("/me").status_code == 200
    ada.post("/account/devices", others="on")
    assert elsewhere.get("/me").location == "/account/login?next=/me"
    assert ada.get("/me").status_code == 200


def test_a_session_from_before_the_login_does_not_survive_it(ada):
    ada.post("/account/logout", page="/")
    before = ada.token("/account/login")
    ada.login(ADA)
    assert ada.token("/") != before


@pytest.mark.parametrize("address", [ADA, "nobody@example.org"])
def test_a_wrong_login_says_the_same_for_every_address(ada, visitor, address):
    page = visitor.login(address, "not the right words")
    assert page.status_code == 403
    assert "The address or the password is wrong." in page.text


@pytest.mark.parametrize("password", ["", "x" * 14, "password1", "ada@example.org ada"])
def test_a_weak_password_is_refused(visitor, password):
    page = visitor.join(ADA, password)
    assert page.status_code == 422
    assert '<a href="#password">' in page.text


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb"])
def test_a_strange_name_is_refused(ada, name):
    page = ada.post("/me", name=name)
    assert page.status_code == 422
    assert 'id="name-error"' in page.text


def test_a_name_is_changed(ada):
    assert "<span>Countess</span>" in ada.post("/me", name="Countess").text


def test_what_closes_an_account_takes_its_notes_along(app, ada, ben, note, png):
    shared(ada, note, "write")
    ada.upload(png())
    assert ben.get(note).status_code == 200
    ada.post("/account/close", password=PASSWORD)
    assert ben.get(note).status_code == 404
    assert list(Path(app.config["PICTURES"]).iterdir()) == []


# Cookies and keys


def test_cookies_are_for_this_host_over_https_and_for_no_script(ada):
    visitor = Visitor(ada.app)
    page = visitor.get("/account/login")
    entered = visitor.login(ADA).history[0]
    cookies = page.headers.getlist("Set-Cookie") + entered.headers.getlist("Set-Cookie")
    assert {c.partition("=")[0] for c in cookies} >= {"__Host-csrf", "__Host-notes"}

    for cookie in cookies:
        said = {p.strip() for p in cookie.split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= said
        assert not any(p.startswith("Domain") for p in said)


def test_the_key_is_made_once_and_is_the_owners_alone(app, make_notes):
    key = Path(app.instance_path) / "secret_key"
    assert len(key.read_text()) == 64
    assert app.secret_key == key.read_text()
    assert make_notes().secret_key == app.secret_key
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(app.config["DATABASE"]).stat().st_mode) == 0o600


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example"])
def test_another_host_is_refused(app, host):
    answer = app.test_client().get("/", base_url=f"https://{host}")
    assert answer.status_code == 400


# Notes


def test_a_note_is_written_found_changed_and_deleted(ada):
    address = ada.write("Groceries", "bread\nmilk")
    assert "bread\nmilk" in ada.get(address).text
    assert "Groceries" in ada.get("/?q=MILK").text
    assert "Groceries" not in ada.get("/?q=beer").text

    page = ada.post(f"{address}/edit", title="Shop", body="beer", version="1")
    assert "Your changes are kept." in page.text
    assert "beer" in ada.get(address).text

    assert "The note is deleted." in ada.post(f"{address}/delete", page=address).text
    assert ada.get(address).status_code == 404


@pytest.mark.parametrize("word", ["%", "_", "\\", "' OR 1=1 --", "*"])
def test_a_search_takes_every_character_for_itself(ada, word):
    ada.write("Groceries", "bread")
    assert "Groceries" not in ada.get("/", query_string={"q": word}).text
    ada.write("Odd", f"a{word}b")
    assert "Odd" in ada.get("/", query_string={"q": word}).text


@pytest.mark.parametrize(
    ("title", "body"), [("", "x"), (" ", "x"), ("x" * 121, ""), ("x", "y" * 20_001)]
)
def test_a_note_of_the_wrong_size_is_refused_and_not_lost(ada, title, body):
    page = ada.post("/notes/new", title=title, body=body)
    assert page.status_code == 422
    assert body in page.text
    assert 'role="alert"' in page.text


def test_markup_in_a_note_is_text(ada):
    address = ada.write("<script>steal()</script>", "<img src=x onerror=steal()>")

    for page in (address, "/", f"{address}/edit", "/?q=<script>"):
        assert "<script>steal" not in ada.get(page).text
        assert "<img src=x" not in ada.get(page).text


def test_a_change_does_not_swallow_another(ada):
    address = ada.write("List", "one")
    ada.post(f"{address}/edit", title="List", body="two", version="1")
    page = ada.post(f"{address}/edit", title="List", body="three", version="1")
    assert page.status_code == 422
    assert "three" in page.text
    assert "two" in ada.get(address).text


# Sharing: two people and a note


@pytest.fixture
def note(ada):
    return ada.write("Secret", "of ada")


def without_nonces(answer):
    """Return a page without what is new at every rendering."""
    fresh = r'(nonce|csrf_token" value)="[^"]+"|Incident [0-9a-f]{32}'
    return re.sub(fresh, "", answer.text)


def shared(ada, note, may):
    return ada.post(f"{note}/sharing", address="Ben@Example.org ", may=may)


@pytest.mark.parametrize("part", ["", "/edit", "/sharing"])
def test_another_persons_note_is_not_there(ada, ben, note, part):
    there = ben.get(note + part)
    nowhere = ben.get("/notes/999" + part)
    assert there.status_code == nowhere.status_code == 404
    assert without_nonces(there) == without_nonces(nowhere)


@pytest.mark.parametrize("part", ["/edit", "/delete", "/sharing", "/sharing/stop"])
def test_another_persons_note_cannot_be_changed(ada, ben, note, part):
    form = {"title": "Mine", "body": "now", "version": "1", "address": BEN}
    assert ben.post(note + part, page="/", **form).status_code == 404
    assert "of ada" in ada.get(note).text


def test_another_persons_note_is_not_found(ada, ben, note):
    assert "Secret" not in ben.get("/?q=of").text
    assert "Secret" not in ben.get("/").text


def test_a_note_shared_to_read_is_read_and_not_changed(ada, ben, note):
    shared(ada, note, "read")
    assert "of ada" in ben.get(note).text
    assert "Secret" in ben.get("/?q=of").text
    assert ben.get(f"{note}/edit").status_code == 403
    form = {"title": "Mine", "body": "now", "version": "1"}
    assert ben.post(f"{note}/edit", page="/", **form).status_code == 403
    assert "of ada" in ada.get(note).text


def test_a_note_shared_to_write_is_changed(ada, ben, note):
    shared(ada, note, "write")
    ben.post(f"{note}/edit", title="Ours", body="of both", version="1")
    assert "of both" in ada.get(note).text


@pytest.mark.parametrize("may", ["read", "write"])
@pytest.mark.parametrize("part", ["/delete", "/sharing", "/sharing/stop"])
def test_a_shared_note_stays_its_owners(ada, ben, note, may, part):
    shared(ada, note, may)
    assert ben.post(note + part, page="/", address=BEN).status_code == 403
    assert "of ada" in ada.get(note).text


@pytest.mark.parametrize("may", ["admin", "", "WRITE"])
def test_what_else_one_may_is_to_read(ada, ben, note, may):
    shared(ada, note, may)
    assert ben.get(f"{note}/edit").status_code == 403


def test_a_share_ends(ada, ben, note):
    shared(ada, note, "write")
    ada.post(f"{note}/sharing/stop", page=f"{note}/sharing", address=BEN)
    assert ben.get(note).status_code == 404


def test_a_share_becomes_less(ada, ben, note):
    shared(ada, note, "write")
    shared(ada, note, "read")
    assert ben.get(f"{note}/edit").status_code == 403


@pytest.mark.parametrize("address", [ADA, "", "ben", "@x", "a\nb@c"])
def test_a_note_is_shared_with_another_address_alone(ada, note, address):
    page = ada.post(f"{note}/sharing", address=address, may="read")
    assert page.status_code == 422
    assert "Nobody but you sees this note." in page.text


def test_to_share_a_note_tells_nobody_who_is_here(ada, ben, note):
    said = []

    for address in (BEN, CY):
        page = ada.post(f"{note}/sharing", address=address, may="read")
        said.append(without_nonces(page).replace(address, ""))
        ada.post(f"{note}/sharing/stop", page=f"{note}/sharing", address=address)

    assert said[0] == said[1]


def test_a_note_waits_for_who_joins_later(ada, note, arrive):
    ada.post(f"{note}/sharing", address=CY, may="read")
    assert "of ada" in arrive(CY).get(note).text


# A moderator


@pytest.fixture
def moderator(accounts, arrive):
    found = arrive(CY)

    with accounts.database.writing() as sql:
        accounts.access.grant(sql, found.id, "moderator")

    return found


@pytest.fixture
def protected(accounts, moderator):
    """A moderator who has a second factor."""
    with accounts.database.writing() as sql:
        sql.add(
            accounts.tables.credential(
                user=moderator.id,
                kind="totp",
                created_at=accounts.now,
                confirmed_at=accounts.now,
            )
        )

    return moderator


def test_a_moderator_has_to_have_a_second_factor(moderator):
    assert moderator.get("/moderating").location == "/account/factors?next=/moderating"


def test_a_moderator_sees_and_deletes_what_is_shared(ada, protected, note):
    own = ada.write("Diary", "of ada")
    assert "Secret" not in protected.get("/moderating").text
    shared(ada, note, "read")
    page = protected.get("/moderating").text
    assert "Secret" in page
    assert "Diary" not in page
    assert "Edit" not in protected.get(note).text
    assert protected.get(f"{note}/edit").status_code == 403
    assert protected.get(own).status_code == 404
    assert "The note is deleted." in protected.post(f"{note}/delete", page=note).text
    assert ada.get(note).status_code == 404


def test_others_do_not_moderate(ada, ben, note):
    shared(ada, note, "read")
    assert ben.get("/moderating").status_code == 403
    assert "/moderating" not in ben.get("/").text


# Programs


@pytest.fixture
def ask(app, accounts, ada):
    """Return what asks with a key of ada's that has these scopes."""

    def send(method, *scopes, **options):
        with app.app_context():
            made = accounts.apikeys.make(ada.id, Wish(scopes=scopes))

        headers = {"Authorization": f"Bearer {made.key}"}
        client = app.test_client(use_cookies=False)
        return client.open(
            "/api/notes", method=method, headers=headers, base_url=HTTPS, **options
        )

    return send


def test_a_program_lists_what_its_owner_may_read(ada, ben, note, ask):
    other = ben.write("Hers", "of ben")
    ben.write("Own", "of ben")
    ben.post(f"{other}/sharing", address=ADA, may="read")
    found = ask("GET", "notes:read")
    assert found.status_code == 200
    assert [(n["title"], n["author"]) for n in found.json] == [
        ("Hers", "ben"),
        ("Secret", "ada"),
    ]


def test_a_program_writes_a_note(ada, ask):
    made = ask("POST", "notes:write", json={"title": "Tide", "body": "at six"})
    assert made.status_code == 201
    assert "at six" in ada.get(f"/notes/{made.json['id']}").text


@pytest.mark.parametrize("sent", [[], {}, {"title": ""}, {"title": "x" * 121}, "x"])
def test_a_program_that_sends_no_note_is_told_so(ask, sent):
    answer = ask("POST", "notes:write", json=sent)
    assert answer.status_code == 422
    assert answer.is_json


@pytest.mark.parametrize(("method", "scope"), [("POST", "read"), ("GET", "write")])
def test_a_key_does_what_it_was_made_for(ask, method, scope):
    answer = ask(method, f"notes:{scope}", json={"title": "Tide"})
    assert answer.status_code == 403


def test_the_key_of_who_was_locked_out_opens_nothing(accounts, ada, ask):
    with accounts.database.writing() as sql:
        sql.get(accounts.tables.user, ada.id).active = False

    assert ask("GET", "notes:read").status_code == 401
    assert ask("POST", "notes:write", json={"title": "Tide"}).status_code == 401


def test_a_cookie_is_no_key(ada):
    assert ada.get("/api/notes").status_code == 401


VIEWS = ["/me", "/notes/new", "/notes/1", "/notes/1/edit", "/notes/1/sharing"]


@pytest.mark.parametrize("address", [*VIEWS, "/people/1/picture"])
def test_a_visitor_is_sent_to_the_login(ada, note, visitor, address):
    assert visitor.get(address).location == f"/account/login?next={address}"


OWN = ("writing", "profiles")


def posting(app):
    return sorted(
        re.sub(r"<int:\w+>", "1", rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.endpoint.partition(".")[0] in OWN
    )


def test_no_view_was_forgotten(app, visitor):
    token = visitor.token("/account/login")

    for address in posting(app):
        answer = visitor.client.post(
            address, data={"csrf_token": token}, base_url=HTTPS
        )
        assert answer.location == "/account/login", address


# Tokens


@pytest.mark.parametrize("token", [None, "", "x", "é", "x" * 43])
def test_a_form_without_the_token_is_refused(app, ada, note, token):
    form = {} if token is None else {"csrf_token": token}

    for address in posting(app):
        answer = ada.client.post(address, data=form, base_url=HTTPS)
        assert answer.status_code == 403, address
        assert "Load the page again" in answer.text

    assert ada.get(note).status_code == 200


def test_the_token_of_another_session_is_refused(ada, ben, note):
    stolen = ben.token("/")
    form = {"csrf_token": stolen}
    answer = ada.client.post(f"{note}/delete", data=form, base_url=HTTPS)
    assert answer.status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
@pytest.mark.parametrize("address", ["/account/login", "/account/register"])
def test_a_form_from_elsewhere_is_refused(app, address, site):
    # There is no session yet: nobody can log a visitor in as somebody else either.
    answer = app.test_client().post(
        address, headers={"Sec-Fetch-Site": site}, base_url=HTTPS
    )
    assert answer.status_code == 403


def test_a_token_in_the_address_is_not_taken(ada, note):
    address = f"{note}/delete?csrf_token={ada.token('/')}"
    assert ada.client.post(address, base_url=HTTPS).status_code == 403


def test_nothing_changes_on_get(app, ada, note):
    for address in ("/account/logout", f"{note}/delete", "/me/picture/remove"):
        assert ada.get(address).status_code == 405


# Pictures


def picture_of(ada):
    with ada.get(f"/people/{ada.id}/picture") as answer:
        return answer.status_code, answer.headers, answer.data


def test_a_picture_is_taken_and_shown(app, ada, png):
    page = ada.upload(png())
    assert "Your picture is changed." in page.text
    status, headers, data = picture_of(ada)
    assert status == 200
    assert headers["Content-Type"] == "image/png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert data == png()


def test_a_picture_is_kept_under_a_name_of_ours(app, ada, png):
    ada.upload(png(), name="../../static/evil.html")
    (kept,) = Path(app.config["PICTURES"]).iterdir()
    assert re.fullmatch(r"[0-9a-f]{32}\.png", kept.name)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not Path(app.config["PICTURES"]).is_relative_to(app.static_folder)


def test_an_old_picture_goes(app, ada, png):
    ada.upload(png())
    ada.upload(png(9, 9))
    assert picture_of(ada)[2] == png(9, 9)
    assert len(list(Path(app.config["PICTURES"]).iterdir())) == 1
    ada.post("/me/picture/remove", page="/me")
    assert picture_of(ada)[0] == 404
    assert list(Path(app.config["PICTURES"]).iterdir()) == []


def test_a_picture_loses_what_is_no_picture(ada, png, png_chunk):
    told = png_chunk(b"tEXt", b"Comment\0<script>steal()</script>")
    ada.upload(png(8, 8, told) + b"<script>steal()</script>")
    assert picture_of(ada)[2] == png()


def segment(marker, data):
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2) + data


FRAME = segment(0xC0, bytes.fromhex("08 0010 0010 01 01 11 00"))
SCAN = segment(0xDA, bytes.fromhex("01 01 00 00 3f 00")) + b"\x12\x34\xff\x00"
JPEG = b"\xff\xd8" + segment(0xE0, b"JFIF\0") + FRAME + SCAN + b"\xff\xd9"


def test_a_jpeg_loses_where_it_was_taken(ada):
    place = segment(0xE1, b"Exif\0\0GPS 52.5 13.4") + segment(0xFE, b"<script>")
    ada.upload(JPEG[:2] + place + JPEG[2:] + b"PK\x03\x04 and more")
    _, headers, data = picture_of(ada)
    assert headers["Content-Type"] == "image/jpeg"
    assert data == JPEG


BAD = {
    "nothing": b"",
    "text": b"hello",
    "html": b"<script>steal()</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='steal()'/>",
    "gif": b"GIF89a\x01\x00\x01\x00",
    "only a beginning": b"\x89PNG\r\n\x1a\n",
    "a beginning and a page": b"\x89PNG\r\n\x1a\n<script>steal()</script>",
    "a short chunk": b"\x89PNG\r\n\x1a\n\x00\x00",
    "an endless chunk": b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR",
    "only the start of a jpeg": b"\xff\xd8\xff",
    "a jpeg without a frame": JPEG.replace(FRAME, b""),
    "a jpeg without an end": JPEG[:-2],
    "a jpeg whose segment is empty": b"\xff\xd8\xff\xe0\x00\x00" + JPEG,
    "a jpeg of zeros": b"\xff\xd8\xff" + bytes(1000),
    "a jpeg too wide": JPEG.replace(b"\x08\x00\x10\x00\x10", b"\x08\x00\x10\xff\xff"),
    "a jpeg of no size": JPEG.replace(b"\x08\x00\x10\x00\x10", b"\x08\0\0\0\0"),
    "too large": b"\x89PNG\r\n\x1a\n" + bytes(256 * 1024),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_what_is_no_picture_is_refused(app, ada, data):
    page = ada.upload(data)
    assert page.status_code == 422
    assert 'id="picture-error"' in page.text
    assert list(Path(app.config["PICTURES"]).iterdir()) == []


@pytest.mark.parametrize("size", [(2049, 1), (1, 2049), (0, 1)])
def test_a_png_of_the_wrong_size_is_refused(ada, png, size):
    assert ada.upload(png(*size)).status_code == 422


def test_a_png_with_a_wrong_sum_is_refused(ada, png):
    data = bytearray(png())
    data[20] ^= 1
    assert "damaged" in ada.upload(bytes(data)).text


@pytest.mark.parametrize("cut", range(0, 70, 7))
def test_a_png_that_was_cut_off_is_refused(ada, png, cut):
    assert ada.upload(png()[:cut]).status_code == 422


def test_no_file_is_refused(ada):
    assert ada.post("/me/picture", page="/me").status_code == 422


def test_more_than_the_app_reads_is_refused(ada, png):
    page = ada.client.post(
        "/me/picture",
        data=png() + bytes(512 * 1024),
        content_type="multipart/form-data; boundary=-",
        base_url=HTTPS,
    )
    assert page.status_code == 413
    assert "What was sent is too large." in page.text


def test_a_picture_of_nobody_is_not_there(ada):
    assert ada.get("/people/99/picture").status_code == 404


# What the browser is told


def test_every_page_is_held_by_a_strict_policy(ada, note):
    for address in ("/", note, "/me", "/account/", "/nothing"):
        policy = ada.get(address).headers["Content-Security-Policy"]
        assert "script-src 'nonce-" in policy
        assert "'unsafe-inline'" not in policy


def test_every_script_and_style_of_a_page_has_the_nonce(ada):
    page = ada.get("/")
    nonce = re.search("'nonce-([^']+)'", page.headers["Content-Security-Policy"])[1]
    tags = re.findall(r"<(?:script|style)\b[^>]*>", page.text)
    assert [nonce in tag for tag in tags] == [True, True, True]


class Page(HTMLParser):
    """What a person who cannot see the page is told of it."""

    def __init__(self):
        super().__init__()
        self.tags = []
        self.labels = set()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))

        if tag == "label":
            self.labels.add(attrs.get("for"))


PAGES = ["/", "/?q=x", "/notes/new", "/notes/1", "/notes/1/edit", "/notes/1/sharing"]
OURS = ["/account/", "/account/register", "/account/password", "/account/keys"]


@pytest.mark.parametrize("address", [*PAGES, "/me", *OURS, "/nothing"])
def test_a_page_can_be_read_without_eyes(ada, note, address):
    page = Page()
    page.feed(ada.get(address).text)
    names = [tag for tag, _ in page.tags]
    assert names.count("h1") == 1
    assert {"header", "nav", "main", "title"} <= set(names)
    assert ("html", {"lang": "en"}) in page.tags
    assert any(attrs.get("class") == "skip" for _, attrs in page.tags)

    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))

    for tag, attrs in page.tags:
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs)

        if tag == "img":
            assert "alt" in attrs

        if tag in ("input", "textarea") and attrs.get("type") not in (
            "hidden",
            "radio",
        ):
            assert attrs["id"] in page.labels
