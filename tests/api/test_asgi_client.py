"""The client inside the process."""

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from app.api.asgi_client import GraphQLClient, GraphQLRequestFailed

from .sample import sample_app


async def test_it_answers_with_data() -> None:
    async with GraphQLClient(sample_app()) as client:
        data = await client.execute("query($n: String!) { hello(name: $n) }", {"n": "é"})
        assert data == {"hello": "hello é"}


async def test_each_operation_may_have_its_own_viewer() -> None:
    async with GraphQLClient(sample_app(), token="a") as client:
        assert (await client.execute("{ viewer }"))["viewer"].startswith("a ")
        assert (await client.execute("{ viewer }", token="b"))["viewer"].startswith("b ")
        assert (await client.execute("{ viewer }", token=None))["viewer"].startswith("None ")
        client.token = "c"
        assert (await client.execute("{ viewer }"))["viewer"].startswith("c ")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ nope }", "VALIDATION_FAILED"),
        ("{ refuses }", "WALLET_EMPTY"),
        ("{ breaks }", "INTERNAL"),
    ],
)
async def test_errors_are_raised(document: str, code: str) -> None:
    async with GraphQLClient(sample_app()) as client:
        with capture_logs(), pytest.raises(GraphQLRequestFailed) as failed:
            await client.execute(document)
    assert failed.value.code == code
    assert failed.value.message
    assert len(failed.value.errors) == 1


async def test_what_is_no_graphql_is_an_error_too() -> None:
    async with GraphQLClient(Starlette()) as client:
        with pytest.raises(GraphQLRequestFailed, match="404"):
            await client.execute("{ hello }")


async def test_no_cookie_is_kept_between_viewers() -> None:
    async with GraphQLClient(sample_app()) as client:
        await client.execute("mutation { signIn }")
        assert (await client.execute("{ viewer }"))["viewer"].startswith("None ")
