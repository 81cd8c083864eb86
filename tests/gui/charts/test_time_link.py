"""TimeLink: one range for all charts, growing in steps."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.charts.time_link import TimeLink


def test_that_the_axis_grows_in_steps(qtbot: QtBot) -> None:
    link = TimeLink()
    ends = []
    link.range_changed.connect(lambda start, end: ends.append(end))
    for tenth in range(1, 100):
        link.extend(tenth / 10)
    assert ends[-1] == 10
    assert len(ends) < 25


def test_that_a_zoom_stops_following_and_follow_resumes_at_the_newest(qtbot: QtBot) -> None:
    link = TimeLink()
    link.extend(4)
    link.zoom(1, 2)
    link.extend(7)
    assert link.range == (1, 2)
    assert not link.is_following
    link.follow()
    assert link.range == (0, 8)


def test_that_a_paused_view_holds_still_and_resumes_at_the_newest(qtbot: QtBot) -> None:
    link = TimeLink()
    link.extend(4)
    link.set_paused(True)
    link.extend(50)
    assert link.range == (0, 4)
    link.follow()
    assert link.range == (0, 50)
    assert not link.is_paused


def test_that_a_range_without_length_is_no_zoom(qtbot: QtBot) -> None:
    link = TimeLink()
    link.zoom(1, 1)
    assert link.range == (0, 1)


def test_that_charts_that_are_not_linked_zoom_alone_and_go_on_following(qtbot: QtBot) -> None:
    link = TimeLink()
    one, other = link.branch(), link.branch()
    link.extend(4)
    link.set_linked(False)
    one.zoom(1, 2)
    link.extend(7)
    assert (one.range, other.range) == ((1, 2), (0, 8))
    assert link.is_zoomed
    one.move_cursor(1.5)
    assert link.cursor == 1.5


def test_that_charts_linked_again_show_the_range_that_was_chosen(qtbot: QtBot) -> None:
    link = TimeLink()
    one, other = link.branch(), link.branch()
    link.extend(4)
    link.set_linked(False)
    other.zoom(1, 2)
    link.set_linked(True)
    assert one.range == other.range == link.range == (1, 2)
    one.follow()
    assert one.range == other.range == (0, 4)
    assert not link.is_zoomed
