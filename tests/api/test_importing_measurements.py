"""``stepchange import measurements`` against a real database."""

import json
from pathlib import Path

from tests.api.test_importing import Run, run

__all__ = ["run"]


def test_measurements_of_a_kpi_that_is_not_there_are_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "values.csv").write_text("kpi,measured_at,value\nUptime,2026-01-05,99.5\nUptime,soon,1\n")
    refused = run("import", "measurements", "values.csv")
    assert refused.code == 1
    assert "values.csv → measurements of 0 KPIs" in refused.out
    assert "line 2 (Uptime, 2026-01-05T00:00:00+00:00): kpi: there is no KPI “Uptime”" in refused.out
    assert "Nothing was written, because of what is refused." in refused.out
    kept = run("import", "measurements", "values.csv", "--keep-good", "--json")
    assert kept.code == 0
    report = json.loads(kept.out)
    assert (report["lines"]["refused"], report["kpis"], report["written"]) == (2, 0, True)
