"""Files with keys, for settings that name them."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from comfrey.bench import keys
from comfrey.model.project import Project, Stack
from comfrey.model.service import Setting


def project(*settings: Setting) -> Project:
    stack = Stack(language="javascript", framework="express")
    return Project(root=".", name="seal", stack=stack, settings=settings)


def test_what_one_file_signs_the_other_one_knows(tmp_path: Path) -> None:
    private = Setting(name="SEAL_PRIVATE_KEY_PATH", purpose="private_key_file")
    public = Setting(name="SEAL_PUBLIC_KEY_PATH", purpose="public_key_file")

    told = keys.files(project(private, public), tmp_path)

    key = serialization.load_pem_private_key(Path(told[private.name]).read_bytes(), None)
    reader = serialization.load_pem_public_key(Path(told[public.name]).read_bytes())
    assert isinstance(key, rsa.RSAPrivateKey) and isinstance(reader, rsa.RSAPublicKey)
    signed = key.sign(b"a seal", padding.PKCS1v15(), hashes.SHA256())
    reader.verify(signed, b"a seal", padding.PKCS1v15(), hashes.SHA256())


def test_an_app_that_names_no_such_file_gets_none(tmp_path: Path) -> None:
    assert keys.files(project(Setting(name="PORT")), tmp_path) == {}
    assert not list(tmp_path.iterdir())
