"""The pages' routes."""

from starlette.routing import BaseRoute, Route

from app.web.assets import serve_asset
from app.web.badge import serve_badge
from app.web.content import serve_content
from app.web.counter import serve_counter
from app.web.home import serve_home
from app.web.readme import serve_readme
from app.web.wall import serve_wall

routes: list[BaseRoute] = [
    Route("/", serve_home, name="home"),
    Route("/contents/{id}", serve_content, name="content"),
    Route("/contents/{id}/counter", serve_counter, name="counter"),
    Route("/contents/{id}/badge.svg", serve_badge, name="badge"),
    Route("/wall/{handle}", serve_wall, name="wall"),
    Route("/readme", serve_readme, name="readme"),
    Route("/static/{name:path}", serve_asset, name="static"),
    Route("/favicon.ico", serve_asset, name="favicon"),
]
