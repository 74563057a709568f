"""The pages' routes."""

from starlette.routing import BaseRoute, Route

from app.web.assets import serve_asset
from app.web.content import serve_content
from app.web.home import serve_home
from app.web.readme import serve_readme

routes: list[BaseRoute] = [
    Route("/", serve_home, name="home"),
    Route("/contents/{id}", serve_content, name="content"),
    Route("/readme", serve_readme, name="readme"),
    Route("/static/{name:path}", serve_asset, name="static"),
    Route("/favicon.ico", serve_asset, name="favicon"),
]
