"""A registry of the OCI distribution specification, as far as a node needs it: a manifest and its blobs by digest.

What comes is compared with its digest while it comes, so that the connection need not be trusted; it still is, over
TLS, unless the plan says plain HTTP. Nothing is read beyond a bound."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Iterator

from .errors import AgentError
from .reference import Reference

# The bound of containers/image, so that podman and this client take the same images.
MANIFEST_BYTES = 4 * 1024 * 1024
# The data plane's program is about 20 MiB; a layer of 512 MiB is somebody else's image.
LAYER_BYTES = 512 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024
# Of silence, not of the whole: a large blob over a slow line is no error.
_SILENCE_SECONDS = 30

_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")


@dataclass
class Registry:
    """One repository of a registry. `login` is base64 of USER:PASSWORD, as containers-auth.json(5) keeps it."""

    reference: Reference
    plain_http: bool = False
    login: str | None = None
    _token: str | None = field(default=None, repr=False)

    def layers(self, architecture: str) -> list[dict]:
        """The descriptors of the image's layers, lowest first."""
        manifest = self._manifest(self.reference.digest)
        if "manifests" in manifest:
            manifest = self._manifest(_of_platform(manifest, architecture, self._where()))
        layers = manifest.get("layers")
        if not isinstance(layers, list) or not all(isinstance(layer.get("digest"), str) for layer in layers):
            raise AgentError("the manifest names no layers", where=self._where(), remedy="build the image again")
        return layers

    def blob(self, digest: str) -> Iterator[bytes]:
        """A blob piece by piece; an error at its end where it is not the one of that digest."""
        found, size = hashlib.sha256(), 0
        with self._open(f"blobs/{digest}", "*/*") as answer:
            while piece := self._read(answer, _PIECE_BYTES):
                size += len(piece)
                if size > LAYER_BYTES:
                    raise self._too_large(f"layer {digest[:19]}", LAYER_BYTES)
                found.update(piece)
                yield piece
        self._refuse_other(digest, f"sha256:{found.hexdigest()}")

    def _manifest(self, digest: str) -> dict:
        with self._open(f"manifests/{digest}", ", ".join(_MANIFESTS + _INDEXES)) as answer:
            content = b""
            while piece := self._read(answer, _PIECE_BYTES):
                content += piece
                if len(content) > MANIFEST_BYTES:
                    raise self._too_large("manifest", MANIFEST_BYTES)
        self._refuse_other(digest, f"sha256:{hashlib.sha256(content).hexdigest()}")
        found = json.loads(content)
        if not isinstance(found, dict):
            raise AgentError("the manifest is no object", where=self._where(), remedy="build the image again")
        return found

    # --- HTTP --------------------------------------------------------------------------------------------------------

    def _open(self, path: str, accept: str) -> Any:
        """The answer to a GET; signs in where the registry asks for it."""
        scheme = "http" if self.plain_http else "https"
        url = f"{scheme}://{self.reference.registry}/v2/{self.reference.repository}/{path}"
        try:
            return self._get(url, {"Accept": accept, **self._authorization()})
        except urllib.error.HTTPError as refused:
            if refused.code != 401 or self._token is not None:
                raise self._failed(path, f"HTTP {refused.code} {refused.reason}") from refused
            challenge = refused.headers.get("WWW-Authenticate", "")
        self._sign_in(challenge)
        try:
            return self._get(url, {"Accept": accept, **self._authorization()})
        except urllib.error.HTTPError as refused:
            raise self._failed(path, f"HTTP {refused.code} {refused.reason}") from refused

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": self._token} if self._token else {}

    def _sign_in(self, challenge: str) -> None:
        """Basic, or the token of the server that the challenge names (distribution spec, "Token Authentication")."""
        scheme, _, rest = challenge.partition(" ")
        basic = f"Basic {self.login}" if self.login else None
        if scheme.lower() == "basic" and basic:
            self._token = basic
            return
        asked = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        realm = asked.pop("realm", "")
        if scheme.lower() != "bearer" or not realm.startswith("http://" if self.plain_http else "https://"):
            if not (self.plain_http and realm.startswith("https://")):
                raise self._failed("sign in", f"it wants {challenge[:80] or 'a login'}")
        # A repository of the challenge's own wish is not asked for: only the one that is pulled.
        query = {**asked, "scope": f"repository:{self.reference.repository}:pull"}
        headers = {"Authorization": basic} if basic else {}
        try:
            with self._get(f"{realm}?{urllib.parse.urlencode(query)}", headers) as answer:
                found = json.loads(self._read(answer, MANIFEST_BYTES))
        except urllib.error.HTTPError as refused:
            raise self._failed("sign in", f"HTTP {refused.code} {refused.reason}") from refused
        self._token = f"Bearer {found.get('token') or found.get('access_token')}"

    def _get(self, url: str, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(url, headers=headers)
        try:
            return urllib.request.build_opener(_Redirects).open(request, timeout=_SILENCE_SECONDS)
        except urllib.error.HTTPError:
            raise
        except (OSError, HTTPException) as failed:
            raise self._failed(url.partition("/v2/")[2], str(getattr(failed, "reason", failed))) from failed

    def _read(self, answer: Any, size: int) -> bytes:
        try:
            return answer.read(size)
        except (OSError, HTTPException) as failed:
            raise self._failed("read", str(failed)) from failed

    # --- errors ------------------------------------------------------------------------------------------------------

    def _where(self) -> str:
        return f"{self.reference.registry}/{self.reference.repository}"

    def _failed(self, path: str, value: str) -> AgentError:
        remedy = "see whether the registry runs and has the image"
        if "HTTP 401" in value or "HTTP 403" in value or "it wants" in value:
            remedy = "put a login for it into /etc/pantheonchain/registry-auth.json"
        elif "SSL" in value or "CERTIFICATE" in value.upper():
            remedy = "let the registry have a certificate that the node trusts, or say plain HTTP"
        return AgentError(
            "the registry does not give the image", where=f"{self._where()} {path}", value=value, remedy=remedy
        )

    def _too_large(self, what: str, bound: int) -> AgentError:
        return AgentError(f"the {what} is too large", where=self._where(), value=f"more than {bound >> 20} MiB")

    def _refuse_other(self, asked: str, found: str) -> None:
        if asked != found:
            raise AgentError(
                "what the registry sent is not what its digest says",
                where=self._where(),
                value=f"{found}, asked {asked}",
                remedy="something between the node and the registry changes it; look at that",
            )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Blobs often lie on another server, which must not see the registry's login, nor be asked without TLS."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        found = super().redirect_request(req, fp, code, msg, headers, newurl)
        before, after = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if before.scheme == "https" and after.scheme != "https":
            raise urllib.error.HTTPError(req.full_url, code, "redirect from TLS to plain HTTP", headers, fp)
        if found is not None and before.netloc != after.netloc:
            found.remove_header("Authorization")
        return found


def login_of(text: str, reference: Reference) -> str | None:
    """The login of a registry in a file of containers-auth.json(5): the longest key that its name begins with."""
    logins = json.loads(text).get("auths", {})
    name = f"{reference.registry}/{reference.repository}"
    keys = [key for key in logins if name == key or name.startswith(f"{key}/")]
    found = logins[max(keys, key=len)].get("auth") if keys else None
    if found is not None:
        base64.b64decode(found, validate=True)  # it goes into a header
    return found


def _of_platform(index: dict, architecture: str, where: str) -> str:
    """The digest of the one image for this machine in an index of several."""
    for entry in index["manifests"]:
        platform = entry.get("platform") or {}
        if (platform.get("os"), platform.get("architecture")) == ("linux", architecture):
            return entry["digest"]
    raise AgentError("the image is for other machines", where=where, value=f"none for linux/{architecture}")
