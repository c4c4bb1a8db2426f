"""What the database does as an event of a page is committed: it links it into its chains.

oncall/chain.py says the same in Python, and a test holds the two together.
"""

import pgtrigger

# Run as the transaction of an event commits, whoever wrote it: events of one team get their
# places in the order of their commits, and nobody holds the head while something else is
# waited for.
LINK = """
    SELECT page.team_id, page.reference INTO _team, _page
        FROM notifications_page AS page WHERE page.id = NEW.page_id;
    INSERT INTO notifications_proofhead (team_id, place, anchor)
        VALUES (_team, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
    SELECT head.place + 1, head.anchor INTO _place, _before
        FROM notifications_proofhead AS head WHERE head.team_id = _team FOR NO KEY UPDATE;
    SELECT link.number + 1, link.digest INTO _number, _previous
        FROM notifications_prooflink AS link WHERE link.page_id = NEW.page_id
        ORDER BY link.number DESC LIMIT 1;
    _number := COALESCE(_number, 1);
    _previous := COALESCE(_previous, repeat('0', 64));
    _digest := encode(sha256(convert_to(
        '{"entry":' || NEW.entry || ',"number":' || _number || ',"page":"' || _page
        || '","previous":"' || _previous || '"}', 'UTF8')), 'hex');
    _anchor := encode(sha256(convert_to(
        '{"before":"' || _before || '","digest":"' || _digest || '","page":"' || _page
        || '","place":' || _place || ',"team":' || _team || '}', 'UTF8')), 'hex');
    INSERT INTO notifications_prooflink
        (event_id, page_id, team_id, number, previous, digest, place, before, anchor)
        VALUES (NEW.id, NEW.page_id, _team, _number, _previous, _digest,
                _place, _before, _anchor);
    UPDATE notifications_proofhead SET place = _place, anchor = _anchor
        WHERE team_id = _team;
    RETURN NULL;
"""
LINK_NAMES = (
    ("_team", "bigint"),
    ("_page", "text"),
    ("_place", "bigint"),
    ("_before", "text"),
    ("_number", "bigint"),
    ("_previous", "text"),
    ("_digest", "text"),
    ("_anchor", "text"),
)


def linked() -> pgtrigger.Trigger:
    """Link each event that is written, at the end of its transaction."""
    return pgtrigger.Trigger(
        name="events_are_linked",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        declare=list(LINK_NAMES),
        func=LINK,
    )


def never_emptied(name: str) -> pgtrigger.Trigger:
    """TRUNCATE is refused; triggers of rows do not hear of it."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Truncate,
        when=pgtrigger.Before,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'The proof of pages is never emptied: %', TG_TABLE_NAME;",
    )
