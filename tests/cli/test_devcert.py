"""A certificate for development: what it is for, and what its authority can sign."""

import contextlib
import datetime
import http.client
import http.server
import ipaddress
import socket
import ssl
import stat
import sys
import threading

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from stopper.cli import certificate
from stopper.cli.devcert import devcert
from stopper.cli.devcert import write


@pytest.fixture(scope="module")
def pair():
    return certificate.make(["shop.test", "*.shop.localhost", "127.0.0.2"])


def loaded(pem):
    return x509.load_pem_x509_certificate(pem)


def extension(pem, kind):
    return loaded(pem).extensions.get_extension_for_class(kind)


def run(*args):
    return CliRunner().invoke(devcert, [str(a) for a in args])


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args):
        pass


class Server(http.server.HTTPServer):
    def handle_error(self, request, client_address):
        # A client that refuses the certificate hangs up, and that is all.
        pass


@contextlib.contextmanager
def serving(pair, folder):
    write(pair, folder)
    server = Server(("127.0.0.1", 0), Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def port(pair, tmp_path):
    with serving(pair, tmp_path / "pair") as port:
        yield port


def client(pair):
    context = ssl.create_default_context(cadata=pair.ca_pem.decode())
    # What Python 3.13 does by itself.
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def handshake(port, context, name):
    plain = socket.create_connection(("127.0.0.1", port))

    with plain, context.wrap_socket(plain, server_hostname=name) as s:
        return s.version()


def test_a_client_that_trusts_the_authority_reads_the_page(port, pair):
    there = http.client.HTTPSConnection("localhost", port, context=client(pair))
    there.request("GET", "/")
    assert there.getresponse().read() == b"hello"
    there.close()


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.1", "::1", "shop.test", "a.shop.localhost"]
)
def test_the_certificate_is_for_every_name_of_this_machine(port, pair, name):
    assert handshake(port, client(pair), name) == "TLSv1.3"


@pytest.mark.parametrize("name", ["bank.example", "127.0.0.3", "evil.shop.test"])
def test_the_certificate_is_for_no_other_name(port, pair, name):
    with pytest.raises(ssl.SSLCertVerificationError, match="match"):
        handshake(port, client(pair), name)


def test_a_client_that_does_not_trust_the_authority_refuses(port):
    with pytest.raises(
        ssl.SSLCertVerificationError, match="unable to get local issuer"
    ):
        handshake(port, ssl.create_default_context(cadata=""), "localhost")


def test_the_authority_may_vouch_for_these_names_and_no_other(pair):
    found = extension(pair.ca_pem, x509.NameConstraints)
    assert found.critical
    assert found.value.excluded_subtrees is None
    assert found.value.permitted_subtrees == [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_network("127.0.0.1/32")),
        x509.IPAddress(ipaddress.ip_network("::1/128")),
        x509.DNSName("shop.test"),
        x509.DNSName("shop.localhost"),
        x509.IPAddress(ipaddress.ip_network("127.0.0.2/32")),
    ]


def test_a_client_refuses_what_a_stolen_authority_would_sign(tmp_path):
    # Made with the inside, since the key of a real one is gone.
    now = datetime.datetime.now(datetime.UTC)
    span = now - datetime.timedelta(hours=1), now + datetime.timedelta(hours=1)
    signer, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = certificate._authority(signer, certificate.LOCAL, *span)
    cert = certificate._server(ca, signer, key, ("bank.example",), *span)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    forged = certificate.Pair(
        ca.public_bytes(Encoding.PEM), cert.public_bytes(Encoding.PEM), secret
    )

    refused = pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree")

    with serving(forged, tmp_path) as port, refused:
        handshake(port, client(forged), "bank.example")


def test_the_authority_signs_no_other_authority(pair):
    found = extension(pair.ca_pem, x509.BasicConstraints)
    assert found.critical
    assert found.value == x509.BasicConstraints(ca=True, path_length=0)


def test_the_server_is_no_authority(pair):
    assert not extension(pair.cert_pem, x509.BasicConstraints).value.ca
    assert not extension(pair.cert_pem, x509.KeyUsage).value.key_cert_sign


def test_both_are_for_servers_alone(pair):
    servers = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    assert extension(pair.cert_pem, x509.ExtendedKeyUsage).value == servers
    assert extension(pair.ca_pem, x509.ExtendedKeyUsage).value == servers


def test_the_key_of_the_authority_is_not_the_servers(pair):
    assert loaded(pair.ca_pem).public_key() != loaded(pair.cert_pem).public_key()
    loaded(pair.cert_pem).verify_directly_issued_by(loaded(pair.ca_pem))
    assert pair.key_pem.count(b"PRIVATE KEY") == 2


def test_two_authorities_can_be_told_apart(pair):
    assert loaded(pair.ca_pem).subject != loaded(certificate.make().ca_pem).subject


def test_nothing_is_valid_longer_than_browsers_take():
    longest = certificate.make(days=398)

    for pem in (longest.cert_pem, longest.ca_pem):
        cert = loaded(pem)
        valid = cert.not_valid_after_utc - cert.not_valid_before_utc
        assert valid <= datetime.timedelta(days=398)


@pytest.mark.parametrize("days", [0, -1, 399])
def test_other_lengths_are_refused(days):
    with pytest.raises(certificate.CertificateError, match="1 to 398 days"):
        certificate.make(days=days)


@pytest.mark.parametrize(
    "name",
    [
        "example.com",
        "localhost.example.com",
        "test",
        "*.test",
        "*.localhost",
        "db.internal",
        "10.0.0.1",
        "0.0.0.0",
        "::",
        "*",
        "",
        ".",
        "a..test",
        "-a.test",
        "фото.test",
        "a.test\nb.test",
        "a.test\x00.example.com",
        "a" * 64 + ".test",
        "a." * 130 + "test",
    ],
)
def test_a_name_that_may_be_another_machine_is_refused(name):
    with pytest.raises(certificate.CertificateError):
        certificate.make([name])


@pytest.mark.parametrize(
    "name",
    ["App.Test", "app.test.", "host.docker.internal", "127.9.9.9", "a.localhost"],
)
def test_a_name_of_this_machine_is_taken(name):
    certificate.make([name])


def test_the_key_is_not_shown(pair):
    assert "key_pem" not in repr(pair)


def test_the_command_writes_what_it_says(tmp_path):
    done = run("shop.test", "--out", tmp_path / "pair", "--days", 30)
    assert done.exit_code == 0, done.output
    modes = {
        p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.glob("pair/*.pem")
    }
    assert modes == {"ca.pem": 0o644, "cert.pem": 0o644, "key.pem": 0o600}
    assert stat.S_IMODE((tmp_path / "pair").stat().st_mode) == 0o700
    assert (tmp_path / "pair/.gitignore").read_text() == "*\n"

    for way in ("--cacert", "update-ca-certificates", "macOS", "Windows", "Firefox"):
        assert way in done.output


def test_a_valid_pair_is_kept(tmp_path):
    run("--out", tmp_path)
    before = (tmp_path / "key.pem").read_bytes()
    done = run("--out", tmp_path)
    assert done.exit_code == 2
    assert "is valid until" in done.output
    assert "--force" in done.output
    assert (tmp_path / "key.pem").read_bytes() == before


def test_force_replaces_a_valid_pair(tmp_path):
    run("--out", tmp_path)
    before = (tmp_path / "key.pem").read_bytes()
    assert run("--out", tmp_path, "--force").exit_code == 0
    assert (tmp_path / "key.pem").read_bytes() != before
    assert (
        loaded((tmp_path / "cert.pem").read_bytes()).verify_directly_issued_by(
            loaded((tmp_path / "ca.pem").read_bytes())
        )
        is None
    )


def test_a_pair_that_is_over_is_replaced(tmp_path):
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    write(certificate.make(now=past), tmp_path)
    assert run("--out", tmp_path).exit_code == 0


def test_what_an_interrupted_run_left_is_replaced(tmp_path):
    write(certificate.make(), tmp_path)
    (tmp_path / "key.pem").write_bytes(certificate.make().key_pem)
    assert run("--out", tmp_path).exit_code == 0


@pytest.mark.parametrize("name", ["key.pem", "cert.pem", "ca.pem"])
def test_a_file_of_somebody_else_is_kept(tmp_path, name):
    (tmp_path / name).write_text("mine")
    done = run("--out", tmp_path)
    assert done.exit_code == 2
    assert "--force" in done.output
    assert (tmp_path / name).read_text() == "mine"


def test_a_pair_of_somebody_else_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(certificate, "ISSUER", "Somebody")
    write(certificate.make(), tmp_path)
    monkeypatch.undo()
    done = run("--out", tmp_path)
    assert done.exit_code == 2
    assert "was not made by this command" in done.output


def test_a_refused_name_leaves_nothing_behind(tmp_path):
    done = run("example.com", "--out", tmp_path / "pair")
    assert done.exit_code == 2
    assert "may be the name of another machine" in done.output
    assert not (tmp_path / "pair").exists()


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    done = run("--out", tmp_path / "file" / "deeper")
    assert done.exit_code == 2
    assert "cannot be used: Not a directory" in done.output


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography", None)
    done = run("--out", tmp_path)
    assert done.exit_code == 2
    assert "pip install 'stopper[dev]'" in done.output
