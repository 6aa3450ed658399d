"""Random values, nonces and modes: the attack works, and the audit sees the hole."""

from __future__ import annotations

import hashlib
import hmac
import random

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bare import client
from bare import rules

RESET = """
import random
from flask import Flask
app = Flask(__name__)

@app.post("/reset")
def reset():
    reset_token = f"{random.getrandbits(64):016x}"
    return reset_token
"""

SECRETS = RESET.replace("import random", "import secrets").replace(
    'f"{random.getrandbits(64):016x}"', "secrets.token_hex(8)"
)

SIGN = """
import hashlib

def sign(key, text):
    return hashlib.md5(key + text).hexdigest()
"""

ECB = """
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def hide(key, text):
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(text) + encryptor.finalize()
"""

NONCE = """
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

def hide(key, text):
    return AESGCM(key).encrypt(b"000000000000", text, None)
"""


def test_a_token_of_random_is_foreseen_from_its_state():
    state = random.getstate()
    token = client(RESET).post("/reset").text
    random.setstate(state)
    assert token == f"{random.getrandbits(64):016x}"
    assert "predictable-random" in rules(RESET)


def test_a_token_of_secrets_is_not_and_is_silent():
    state = random.getstate()
    token = client(SECRETS).post("/reset").text
    random.setstate(state)
    assert token != f"{random.getrandbits(64):016x}"
    assert "predictable-random" not in rules(SECRETS)


def test_two_texts_with_one_md5_have_one_signature():
    # The published pair of Wang and Yu, 2004: two blocks that differ in six bits.
    first = bytearray.fromhex(
        "d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f89"
        "55ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b"
        "d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0"
        "e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70"
    )
    second = bytearray(first)

    for place in (19, 59, 83, 123):
        second[place] ^= 0x80

    second[45] ^= 0x80
    second[109] ^= 0x80
    names = {}
    exec(SIGN, names)
    assert first != second
    assert names["sign"](b"", first) == names["sign"](b"", second)
    assert hmac.digest(b"k", first, "sha256") != hmac.digest(b"k", second, "sha256")
    assert hashlib.sha256(first).digest() != hashlib.sha256(second).digest()
    assert "broken-hash" in rules(SIGN)


def test_ecb_shows_which_blocks_are_equal():
    names = {}
    exec(ECB, names)
    hidden = names["hide"](bytes(16), b"sixteen bytes..." * 2)
    assert hidden[:16] == hidden[16:]
    assert "weak-cipher" in rules(ECB)


def test_a_nonce_used_twice_gives_one_text_away_to_who_knows_the_other():
    names = {}
    exec(NONCE, names)
    key = AESGCM.generate_key(128)
    known, hidden = b"attack at dawn.", b"the key is 1234"
    a, b = names["hide"](key, known), names["hide"](key, hidden)
    read = bytes(x ^ y ^ z for x, y, z in zip(a, b, known, strict=False))
    assert read == hidden
    assert "static-nonce" in rules(NONCE)
