"""The API is public: any page may ask, none may ask with our cookie from elsewhere.

`Access-Control-Allow-Origin: *` and credentials exclude each other in every browser, which is
what we want; pages on other sites send bearer tokens.
"""

from collections.abc import Mapping

CORS_HEADERS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Request-Id, Retry-After, ETag, Allow",
}

PREFLIGHT_HEADERS: Mapping[str, str] = {
    **CORS_HEADERS,
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept, Accept-Language",
    "Access-Control-Max-Age": "7200",
    "Vary": "Access-Control-Request-Method, Access-Control-Request-Headers",
}
