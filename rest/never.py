"""What clients look for and is never here: batches (they are done before the answer), saved filters of tasks (nobody saves them), definitions of tenants."""

from fastapi import APIRouter, Response

from rest.errors import missing
from rest.listing import anything, equals, is_true, like, nothing
from rest.offering import built, offer
from rest.parts import TheCaller
from rest.shapes import BatchDto, FilterDto

router = APIRouter(tags=["Batch", "Filter"])
BATCHES = {"batchId": equals("id"), "type": equals("type"), "suspended": is_true("suspended"), "tenantIdIn": nothing, "withoutTenantId": anything}
BATCHES |= dict.fromkeys(("createdBy", "startedBefore", "startedAfter", "withFailures", "withoutFailures"), nothing)
FILTERS = {"filterId": equals("id"), "resourceType": equals("resourceType"), "name": equals("name"), "owner": equals("owner"), "nameLike": like("name")}

offer(
    router, "/batch", BatchDto, built(lambda _query, _caller: [], BATCHES, {"batchId": "id", "tenantId": "tenantId"}),
    name="batches", told="Batches of which something is left: none.", counted="How many there are.", posted=False,
)
offer(
    router, "/filter", FilterDto, built(lambda _query, _caller: [], FILTERS, {"filterId": "id", "name": "name"}),
    name="filters", told="Saved filters of tasks: none.", counted="How many there are.", posted=False,
)


# What Camunda offers of the definition that a tenant has of a key.
OF_TENANTS = {
    "process-definition": (
        *(("GET", f"/{name}") for name in ("xml", "startForm", "form-variables", "rendered-form", "deployed-start-form", "diagram", "statistics")),
        *(("GET", ""), ("POST", "/start"), ("POST", "/submit-form"), ("PUT", "/suspended")),
    ),
    "decision-definition": (("GET", ""), ("GET", "/xml"), ("GET", "/diagram"), ("POST", "/evaluate")),
}


def _of_no_tenant(key: str, tenant: str, caller: TheCaller) -> Response:  # noqa: ARG001 - nobody is told before signing in
    """There is none: nothing here belongs to a tenant."""
    raise missing(f"No matching definition with key: {key} and tenant-id: {tenant}")


for _kind, _routes in OF_TENANTS.items():
    for _verb, _rest in _routes:
        _name = f"{_kind}_of_tenant{_rest.replace('/', '_')}"
        router.add_api_route(f"/{_kind}/key/{{key}}/tenant-id/{{tenant}}{_rest}", _of_no_tenant, methods=[_verb], status_code=204, name=_name)
