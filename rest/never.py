"""What clients look for and is never here: batches (they are done before the answer), saved filters of tasks (nobody saves them), definitions of tenants."""

from fastapi import APIRouter, Response

from rest.asking import Params, anything
from rest.errors import missing
from rest.listing import after, before, equals, is_true, like, nobody, nothing
from rest.offering import built, offer
from rest.parts import TheCaller
from rest.shapes import BatchDto, BatchStatisticsDto, FilterDto

router = APIRouter(tags=["Batch", "Filter"])
PARAMS: Params = {
    "batchId": equals("id"),
    "type": equals("type"),
    "suspended": is_true("suspended"),
    "createdBy": nothing,
    "startedBefore": before("_at"),
    "startedAfter": after("_at"),
    **dict.fromkeys(("withFailures", "withoutFailures", "withoutTenantId"), anything),
    "tenantIdIn": nobody,
}
SORTS = {"batchId": "id", "tenantId": "tenantId"}
FILTERS: Params = {
    **{name: equals(name) for name in ("resourceType", "name", "owner")},
    "filterId": equals("id"),
    "nameLike": like("name"),
    "itemCount": anything,  # how they are shown
}
FILTER_SORTS = {"filterId": "id", "resourceType": "resourceType", "name": "name", "owner": "owner"}

for _path, _shape, _name in (("/batch", BatchDto, "batches"), ("/batch/statistics", BatchStatisticsDto, "batch_statistics")):
    offer(
        router, _path, _shape, built(lambda _query, _caller: [], PARAMS, SORTS),
        name=_name, told="Batches of which something is left: none.", counted="How many there are.", posted=False,
    )
offer(
    router, "/filter", FilterDto, built(lambda _query, _caller: [], FILTERS, FILTER_SORTS),
    name="filters", told="Saved filters of tasks: none.", counted="How many there are.", posted=False,
)


@router.get("/batch/{batch}")
def batch(batch: str, caller: TheCaller) -> BatchDto:  # noqa: ARG001 - nobody is told before signing in
    """None (404): one that was answered is done, so that who waits for it sees that nothing of it is left."""
    raise missing(f"Batch with id '{batch}' does not exist")


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
