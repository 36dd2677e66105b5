"""``stepchange import bookings`` against a real database."""

import json
from pathlib import Path

from tests.api.test_importing import Run, run

__all__ = ["run"]

INITIATIVES = "external_id,title,team,category\nX-1,Pipeline,Data,Bets\n"
OPTIONS = (
    "--portfolio",
    "Change",
    "--create-portfolio",
    "--create-teams",
    "--create-categories",
    "step_change",
)


def test_bookings_are_imported_and_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "work.csv").write_text(INITIATIVES)
    assert run("import", "initiatives", "work.csv", *OPTIONS).code == 0
    (tmp_path / "hours.csv").write_text(
        "team,week,initiative,hours\nData,2026-01-05,X-1,20\nData,2026-01-06,X-1,20\nData,2026-01-12,X-9,4\n"
    )
    refused = run("import", "bookings", "hours.csv", "--portfolio", "Change")
    assert refused.code == 1
    assert "line 4 (Data, 2026-01-12, X-9): initiative: there is no X-9 in Change" in refused.out
    assert "Nothing was written, because of what is refused." in refused.out
    kept = run("import", "bookings", "hours.csv", "--portfolio", "Change", "--keep-good", "--json")
    assert kept.code == 0
    report = json.loads(kept.out)
    assert report["lines"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 1}
    assert (report["bookings"], report["written"], report["alertsOpened"]) == (1, True, 0)
    again = run("import", "bookings", "hours.csv", "--portfolio", "Change", "--keep-good")
    assert "hours.csv → 1 bookings" in again.out
    assert "Lines: 0 created, 0 updated, 2 unchanged, 1 refused" in again.out
