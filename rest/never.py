"""What clients look for and is never left here: batches (they are done before the answer) and saved filters of tasks (nobody saves them here)."""

from fastapi import APIRouter

from rest.listing import anything, equals, is_true, like, nothing
from rest.offering import built, offer
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
