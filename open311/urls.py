"""Table of the server's URLs."""

from open311.georeport import (
    addresses,
    discovery,
    hot_spots,
    media,
    requests,
    routing,
    services,
    stats,
    tokens,
    updates,
    webhooks,
)
from open311.georeport.openapi import description as openapi
from open311.ogc import collections, description, exports, items, tiles
from open311.residents import (
    alert_page,
    alerts,
    challenge,
    drafts,
    embeds,
    feeds,
    files,
    following,
    home,
    insights,
    lists,
    open_data,
    report,
    report_data,
    reports,
    stopping,
    texts,
    track,
)
from open311.residents import requests as resident_requests
from open311.residents import sent as sent_reports
from open311.residents import services as resident_services
from open311.staff import (
    account,
    address_register,
    administration,
    audit,
    base_map,
    boundary_layers,
    boundary_set_map,
    boundary_sets,
    bulk,
    bulk_changes,
    calls,
    catalog,
    departments,
    elsewhere,
    email,
    field,
    finding,
    list_columns,
    list_map,
    message_settings,
    message_texts,
    notices,
    order,
    pages,
    password,
    people,
    photos,
    preferences,
    printing,
    reroute,
    response_templates,
    retention,
    routing_tests,
    rules,
    saved,
    sent,
    sent_email,
    service_questions,
    sessions,
    shared_view,
    shifts,
    tags,
    test_routing,
    user_pages,
    view_links,
    work_queue,
)
from open311.staff import insights as staff_insights
from open311.staff import reports as staff_reports
from open311.staff import requests as staff_requests
from open311.staff import site as staff_site
from open311.staff import webhooks as staff_webhooks
from open311.web import health
from open311.web.caching import revalidate

GEOREPORT = (
    services.blueprint,
    requests.blueprint,
    tokens.blueprint,
    updates.blueprint,
    addresses.blueprint,
)
"""Blueprints of the endpoint and of the test endpoint."""

OTHERS = (
    discovery.blueprint,
    media.blueprint,
    openapi.blueprint,
    health.blueprint,
    routing.blueprint,
    webhooks.blueprint,
    hot_spots.blueprint,
    stats.blueprint,
)

OGC = (
    collections.blueprint,
    items.blueprint,
    exports.blueprint,
    tiles.blueprint,
    description.blueprint,
)

STAFF = (
    sessions.blueprint,
    account.blueprint,
    password.blueprint,
    email.blueprint,
    order.blueprint,
    notices.blueprint,
    preferences.blueprint,
    pages.blueprint,
    work_queue.blueprint,
    finding.blueprint,
    staff_insights.blueprint,
    staff_reports.blueprint,
    list_map.blueprint,
    calls.blueprint,
    bulk.blueprint,
    bulk_changes.blueprint,
    saved.blueprint,
    service_questions.blueprint,
    list_columns.blueprint,
    printing.blueprint,
    view_links.blueprint,
    staff_requests.blueprint,
    shifts.blueprint,
    field.blueprint,
    photos.blueprint,
    administration.blueprint,
    audit.blueprint,
    people.blueprint,
    user_pages.blueprint,
    departments.blueprint,
    elsewhere.blueprint,
    catalog.blueprint,
    staff_site.blueprint,
    message_settings.blueprint,
    message_texts.blueprint,
    response_templates.blueprint,
    tags.blueprint,
    retention.blueprint,
    sent.blueprint,
    sent_email.blueprint,
    rules.blueprint,
    routing_tests.blueprint,
    test_routing.blueprint,
    reroute.blueprint,
    base_map.blueprint,
    address_register.blueprint,
    boundary_layers.blueprint,
    boundary_sets.blueprint,
    boundary_set_map.blueprint,
    staff_webhooks.blueprint,
)

RESIDENTS = (
    home.blueprint,
    report.blueprint,
    report_data.blueprint,
    drafts.blueprint,
    sent_reports.blueprint,
    challenge.blueprint,
    resident_requests.blueprint,
    track.blueprint,
    following.blueprint,
    alerts.blueprint,
    alert_page.blueprint,
    stopping.blueprint,
    lists.blueprint,
    feeds.blueprint,
    resident_services.blueprint,
    insights.blueprint,
    reports.blueprint,
    open_data.blueprint,
    texts.blueprint,
    embeds.blueprint,
)
"""Blueprints of the residents' website, which are also below each language."""

BLUEPRINTS = (*OTHERS, *OGC, *STAFF, shared_view.blueprint, files.blueprint)

for blueprint in (*GEOREPORT, discovery.blueprint):
    blueprint.after_request(revalidate)
