from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.dashboard.course import HEIGHT, LEFT, WIDTH, Answered, course
from tests.world import NOW


def after(days: float, pain: int | None, **more: str) -> Answered:
    return Answered(f"d{days:g}", NOW + timedelta(days=days), pain, **more)


def test_nothing_known_is_nothing_drawn() -> None:
    assert course("facet_joint", performed_at=NOW, baseline_pain=None, answered=[]) is None


def test_the_table_says_what_the_drawing_shows() -> None:
    drawn = course(
        "epidural_steroid",
        performed_at=NOW,
        baseline_pain=8,
        answered=[after(1, 9), after(7, 4, relief="Better"), after(14, None)],
    )
    assert drawn is not None
    assert [(row.pain, row.change, row.half) for row in drawn.rows] == [
        (9, 1, False),
        (4, -4, True),
        (None, None, False),
    ]
    assert [point.pain for point in drawn.points] == [9, 4]
    # More pain stands higher, and the line begins at the procedure.
    assert drawn.points[0].y < drawn.points[1].y
    assert drawn.line.startswith(f"{LEFT},")
    assert [band.kind for band in drawn.bands] == ["flare", "relief"]


def test_no_window_where_no_source_names_one() -> None:
    drawn = course("lumbar_puncture", performed_at=NOW, baseline_pain=3, answered=[])
    assert drawn is not None and drawn.bands == []


@given(
    baseline=st.none() | st.integers(0, 10),
    pains=st.lists(st.tuples(st.floats(0, 120), st.integers(0, 10)), min_size=1),
    kind=st.sampled_from(["epidural_steroid", "facet_joint", "blood_patch"]),
)
def test_everything_stays_inside_the_drawing(
    baseline: int | None, pains: list[tuple[float, int]], kind: str
) -> None:
    answered = [after(days, pain) for days, pain in pains]
    drawn = course(kind, performed_at=NOW, baseline_pain=baseline, answered=answered)
    assert drawn is not None
    for point in drawn.points:
        assert LEFT <= point.x <= WIDTH
        assert 0 <= point.y <= HEIGHT
    for band in drawn.bands:
        assert band.x + band.width <= WIDTH
