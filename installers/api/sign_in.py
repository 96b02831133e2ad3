"""How an app signs in, for the OpenAPI document: the library's own URLs, of which an app without a browser needs these.

Their answers are not ours: no problem objects, and their own codes of errors. `tests/clients` signs in by them.
"""

from typing import Any

from core.web.api.open_document import reference

Schema = dict[str, Any]
ROOT = "/_allauth/app/v1/auth/"
JSON = "application/json"
TEXT: Schema = {"type": "string"}
META = {"is_authenticated": True, "session_token": "x4f1kq7w0zb2"}
USER = {"id": 12, "display": "Ines Vogt", "email": "ines.vogt@quickinstall.example"}
SIGNED_IN = {"status": 200, "data": {"user": USER}, "meta": META}
PENDING = {
    "status": 401,
    "data": {"flows": [{"id": "login"}, {"id": "mfa_authenticate", "is_pending": True}]},
    "meta": {"is_authenticated": False, "session_token": "x4f1kq7w0zb2"},
}
SIGNED_OUT = {
    "status": 401,
    "data": {"flows": [{"id": "login"}]},
    "meta": {"is_authenticated": False},
}
REFUSED = {
    "status": 400,
    "errors": [
        {
            "message": "The email address and/or password you specified are not correct.",
            "code": "email_password_mismatch",
            "param": "password",
        }
    ],
}


def of_members(required: list[str], **members: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": members}


def of_input(required: list[str], **members: Schema) -> Schema:
    return of_members(required, **members) | {"additionalProperties": False}


COMPONENTS: Schema = {
    "SignInRequest": of_input(
        ["email", "password"],
        email={"type": "string", "format": "email"},
        password={"type": "string", "format": "password"},
    ),
    "SecondFactorRequest": of_input(
        ["code"],
        code=TEXT | {"description": "A code of the authenticator app, or a recovery code."},
    ),
    "SignedIn": of_members(
        ["status", "data", "meta"],
        status={"type": "integer"},
        data=reference("SignedInPerson"),
        meta=reference("SessionState"),
    ),
    "SignedInPerson": of_members(["user"], user=reference("SessionUser")),
    "SessionUser": of_members(
        ["id", "display", "email"], id={"type": "integer"}, display=TEXT, email=TEXT
    ),
    "SessionState": of_members(
        ["is_authenticated"],
        is_authenticated={"type": "boolean"},
        session_token=TEXT | {"description": "The value of `X-Session-Token` from now on."},
    ),
    "SignInPending": of_members(
        ["status", "data", "meta"],
        status={"type": "integer"},
        data=reference("SignInFlows"),
        meta=reference("SessionState"),
    ),
    "SignInFlows": of_members(["flows"], flows={"type": "array", "items": reference("SignInFlow")}),
    "SignInFlow": of_members(
        ["id"],
        id=TEXT | {"description": "`mfa_authenticate` is the second factor."},
        is_pending={"type": "boolean", "description": "Whether it is what comes next."},
    ),
    "SignInRefused": of_members(
        ["status", "errors"],
        status={"type": "integer"},
        errors={"type": "array", "items": reference("SignInError")},
    ),
    "SignInError": of_members(["message", "code"], message=TEXT, code=TEXT, param=TEXT),
}


def _answer(description: str, shape: str, example: Schema) -> Schema:
    content = {JSON: {"schema": reference(shape), "examples": {"Example": {"value": example}}}}
    return {"description": description, "content": content}


def _body(shape: str, example: Schema) -> Schema:
    content = {JSON: {"schema": reference(shape), "examples": {"Example": {"value": example}}}}
    return {"required": True, "content": content}


ANSWERED = {
    "200": _answer("The person is signed in.", "SignedIn", SIGNED_IN),
    "400": _answer("Refused, with the reason.", "SignInRefused", REFUSED),
}
SECOND_FACTOR_NEXT = _answer("The second factor comes next.", "SignInPending", PENDING)
NOT_SIGNED_IN = _answer("Nobody is signed in.", "SignInPending", SIGNED_OUT)


def _operation(name: str, summary: str, description: str, **parts: Any) -> Schema:
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "tags": ["sign-in"],
        **parts,
    }


PATHS: Schema = {
    f"{ROOT}login": {
        "post": _operation(
            "sign_in",
            "Sign in",
            "By e-mail address and password. `meta.session_token` is the value of `X-Session-Token` for every call "
            "from now on. 401 means that the second factor comes next.",
            security=[],
            requestBody=_body(
                "SignInRequest", {"email": "ines.vogt@quickinstall.example", "password": "…"}
            ),
            responses={**ANSWERED, "401": SECOND_FACTOR_NEXT},
        )
    },
    f"{ROOT}2fa/authenticate": {
        "post": _operation(
            "confirm_second_factor",
            "Confirm the second factor",
            "With the session token that the password has brought. The answer has the token that is used from then on.",
            security=[{"sessionToken": []}],
            requestBody=_body("SecondFactorRequest", {"code": "123456"}),
            responses={**ANSWERED, "401": NOT_SIGNED_IN},
        )
    },
    f"{ROOT}session": {
        "delete": _operation(
            "sign_out",
            "Sign out",
            "Ends the session. The answer is always 401: nobody is signed in any longer.",
            security=[{"sessionToken": []}],
            responses={"401": NOT_SIGNED_IN},
        )
    },
}
