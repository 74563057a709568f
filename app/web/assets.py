"""The files browsers load: addressed by what is in them, so that they may be kept for a year."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.web.caching import cacheable

FOLDER = Path(__file__).parent / "static"
FOR_A_YEAR = "public, max-age=31536000, immutable"
FOR_A_MINUTE = "public, max-age=60"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in memory: its bytes, the same under gzip, its type, and the start of its digest."""

    body: bytes
    gzipped: bytes
    media_type: str
    digest: str


@cache
def assets() -> dict[str, Asset]:
    """Every file under static/ by its name there, read once; nothing else can be served."""
    paths = (path for path in FOLDER.rglob("*") if path.suffix in TYPES and path.is_file())
    return {path.relative_to(FOLDER).as_posix(): _asset(path) for path in paths}


def asset_url(name: str) -> str:
    """The address of a file in its present state. Raises KeyError where there is no such file."""
    return f"/static/{name}?v={assets()[name].digest}"


async def serve_asset(request: Request) -> Response:
    """One file; for a year where the address names its content, else for a minute."""
    name = request.path_params.get("name", "favicon.svg")
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404)
    named = request.query_params.get("v") == asset.digest
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    response = cacheable(
        request,
        Response(asset.gzipped if zipped else asset.body, media_type=asset.media_type),
        cache_control=FOR_A_YEAR if named else FOR_A_MINUTE,
        vary="Accept-Encoding",
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(
        body=body,
        gzipped=gzip.compress(body, mtime=0),
        media_type=TYPES[path.suffix],
        digest=hashlib.sha256(body).hexdigest()[:12],
    )
