"""Pairs of keys in files, for apps whose settings name them: tokens are signed with one and looked at with the other."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from comfrey.model.project import Project

PURPOSES = ("private_key_file", "public_key_file")
BITS = 2048


def files(project: Project, folder: Path) -> dict[str, str]:
    """The settings that name such a file, and where it lies in `folder`; none is made for a project without them."""
    asked = {each.name: each.purpose for each in project.settings if each.purpose in PURPOSES}
    if not asked:
        return {}
    pair = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    texts = {
        "private_key_file": pair.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain),
        "public_key_file": pair.public_key().public_bytes(
            pem, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    }
    for purpose, text in texts.items():
        (folder / f"{purpose}.pem").write_bytes(text)
    return {name: str(folder / f"{purpose}.pem") for name, purpose in asked.items()}
