"""``stepchange rank --robust``: how far ranks can be trusted as weights and estimates vary."""

from typing import Any

from api.commands.console import say, show_table
from domain.ranking.robustness import RobustPortfolio


def robustness(robust: RobustPortfolio, *, top: int) -> dict[str, Any]:
    """What samples say, of the initiatives with the best expected ranks."""
    result = robust.result
    return {
        "samples": result.samples,
        "seed": robust.request.seed,
        "top": robust.request.top,
        "weights": robust.weights.value,
        "withDependencies": robust.request.with_dependencies,
        "certain": robust.certain,
        "leftOut": len(robust.ranking) - len(robust.index),
        "initiatives": [
            {
                "title": robust.initiative(int(row)).title,
                "rank": int(robust.ranking.rank[robust.index[row]]) or None,
                "expectedRank": float(result.expected_rank[row]),
                "expectedRankError": float(result.expected_rank_error[row]),
                "topProbability": float(result.top_probability[row]),
                "rankAcceptability": result.rank_acceptability[row, :10].tolist(),
            }
            for row in robust.by_expected_rank[:top]
        ],
    }


def show_robustness(found: dict[str, Any]) -> None:
    """Print an analysis."""
    how = "each under dependencies" if found["withDependencies"] else "each by score alone"
    say(f"{found['samples']:,} samples from seed {found['seed']}, {how}; weights {found['weights']}")
    if found["certain"]:
        say("Nothing is uncertain: no estimate has a range, and the weights are fixed.")
    if found["leftOut"]:
        say(f"{found['leftOut']} initiatives have no rank here, as values are missing.")
    show_table(
        ("rank", "initiative", "expected rank", f"top {found['top']}", "first"),
        [
            (
                "–" if row["rank"] is None else str(row["rank"]),
                row["title"],
                f"{row['expectedRank']:.1f} ± {row['expectedRankError']:.2f}",
                f"{row['topProbability']:.0%}",
                f"{row['rankAcceptability'][0]:.0%}",
            )
            for row in found["initiatives"]
        ],
        nothing="There is nothing to rank: the portfolio has no open initiatives with a score.",
    )
