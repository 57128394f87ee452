"""What counts as a proof of work: no text that is sent causes another error than a refusal."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from open311.errors import ProofRefused
from open311.web.proof_of_work import COST, LIFETIME, NUMBERS, new_challenge, read_proof

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@pytest.fixture(scope="module", autouse=True)
def context() -> Iterator[None]:
    app = Flask("proofs")
    app.config.update(OPEN311_SECRET_KEY="s" * 32)
    with app.app_context():
        yield


def encoded(payload: Any) -> str:
    return base64.b64encode(json.dumps(payload).encode()).decode()


@pytest.fixture(scope="module")
def solved(context: None) -> dict[str, Any]:
    challenge = new_challenge()
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution is not None
    return {"challenge": challenge, "solution": solution.to_dict()}


def test_the_work_is_bounded_and_the_proof_expires(solved: dict[str, Any]) -> None:
    parameters = solved["challenge"]["parameters"]
    assert parameters["cost"] == COST
    assert solved["solution"]["counter"] in NUMBERS
    proof = read_proof(encoded(solved))
    assert proof is not None
    assert proof.signature == solved["challenge"]["signature"]
    left = proof.expires_at - datetime.now(UTC)
    assert timedelta(0) < left <= LIFETIME


def test_the_challenge_does_not_tell_its_solution() -> None:
    challenge = new_challenge()
    assert set(challenge) == {"parameters", "signature"}
    assert "counter" not in challenge["parameters"]
    assert new_challenge()["signature"] != challenge["signature"]


def test_none_is_no_proof() -> None:
    assert read_proof(None) is None
    assert read_proof("") is None


@given(JSON)
def test_any_document_is_refused(document: Any) -> None:
    with pytest.raises(ProofRefused):
        read_proof(encoded(document))


@given(st.text(min_size=1))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(ProofRefused):
        read_proof(text)


@given(st.sampled_from(["challenge", "solution", "parameters"]), st.data())
def test_a_proof_with_one_part_changed_is_refused(
    solved: dict[str, Any], part: str, data: st.DataObject
) -> None:
    changed = json.loads(json.dumps(solved))
    inner = changed["challenge"]["parameters"] if part == "parameters" else changed[part]
    name = data.draw(st.sampled_from(sorted(set(inner) - {"time", "counter"})))
    before = inner[name]
    inner[name] = data.draw(JSON.filter(lambda value: value != before))
    with pytest.raises(ProofRefused):
        read_proof(encoded(changed))


@pytest.mark.parametrize("depth", [100, 900])
def test_deep_documents_are_refused(solved: dict[str, Any], depth: int) -> None:
    data: Any = {}
    for _level in range(depth):
        data = [data]
    changed = json.loads(json.dumps(solved))
    changed["challenge"]["parameters"]["data"] = data
    with pytest.raises(ProofRefused):
        read_proof(encoded(changed))
