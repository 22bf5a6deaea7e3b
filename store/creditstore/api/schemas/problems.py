"""Errors as they are described; ``creditstore.api.problems`` makes them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from creditstore.api.schemas.common import Answer


class ProblemError(Answer):
    """What is wrong with one value: its dotted path (``lines.0.quantity``), and why."""

    field: str
    message: str


class Problem(Answer):
    """An error (RFC 9457). Match on ``type``, never on text."""

    type: str = Field(examples=["/problems/sold-out"])
    title: str
    status: int
    detail: str
    errors: list[ProblemError]
    retryable: bool = Field(description="The same call may succeed later")


MEDIA_TYPE = "application/problem+json"


def describe_problems(description: dict[str, Any]) -> None:
    """Add to an OpenAPI document that every operation may answer a problem."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas = description["components"]["schemas"]
    schemas.update(schema.pop("$defs"))
    schemas["Problem"] = schema
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in description["paths"].values():
        for operation in methods.values():
            operation["responses"]["default"] = {"description": "Anything else: a problem", "content": content}
