"""Run benchmarks: ``python -m benchmarks [part of a module's name]``, one line for each measurement."""

import sys
from importlib import import_module
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Print the measurements of the modules that match; return 1 if there are none, else 0."""
    part = arguments[0] if arguments else ""
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py") if part in path.stem)
    if not names:
        print(f"No benchmark has '{part}' in its name.", file=sys.stderr)
        return 1
    for name in names:
        for measurement in import_module(f"benchmarks.{name}").benchmarks():
            print(measurement.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
