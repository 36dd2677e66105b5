"""Makes .venv what a lock file says: ``environment.py runtime`` or ``environment.py dev``.

With ``--exact``, .venv also has to be of the Python version that runs this. Uses the standard library and
pip only. A stamp in .venv tells for which lock it was completed; with the mark of an installation that did
not end, .venv is made anew.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "stepchange-stamp.json"
UNFINISHED = VENV / "stepchange-unfinished"
LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}
PYTHON = VENV / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def fingerprint(kind: str) -> str:
    """What the environment depends on: the lock, and how the project itself is installed."""
    content = (ROOT / LOCKS[kind]).read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(content).hexdigest()


def stamped() -> dict[str, str]:
    """Which kinds of environment .venv is complete for, with the fingerprint of each."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and not UNFINISHED.exists() else {}


def is_complete(kind: str, *, exact: bool) -> bool:
    """Whether there is nothing to do; the development environment serves for running, too."""
    stamp = stamped()
    kinds = {"runtime", "dev"} if kind == "runtime" else {"dev"}
    return any(stamp.get(one) == fingerprint(one) for one in kinds) and python_works(exact=exact)


def python_works(*, exact: bool) -> bool:
    """Whether the environment's Python starts, is new enough, or of just this version, and has pip."""
    least = f"({sys.version_info.major}, {sys.version_info.minor})" if exact else "(3, 11)"
    probe = f"import sys, pip; sys.exit(sys.version_info[:2] {'!=' if exact else '<'} {least})"
    try:
        return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make(kind: str, *, exact: bool) -> None:
    """Make or update .venv."""
    if UNFINISHED.exists():
        say("The last installation into .venv did not end; making it anew")
        shutil.rmtree(VENV)
    elif VENV.exists() and not python_works(exact=exact):
        say("The Python of .venv does not work or is another one; making it anew")
        shutil.rmtree(VENV)
    fresh = not VENV.exists()
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    STAMP.unlink(missing_ok=True)
    if fresh:
        say(f"Making .venv with Python {sys.version.split()[0]}")
        run(
            [sys.executable, "-m", "venv", VENV],
            "Python's venv module failed; on Debian: apt install python3-venv",
        )
    lock = LOCKS[kind]
    say(f"Installing {'the packages of' if fresh else 'what changed in'} {lock}{' (once)' if fresh else ''}")
    install("--require-hashes", "--requirement", lock)
    install("--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(json.dumps({kind: fingerprint(kind)}))
    UNFINISHED.unlink()
    say(".venv is complete")


def install(*arguments: str) -> None:
    """Run pip, and tell how far it is."""
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    lines: list[str] = []
    seen = 0
    with process:
        for line in process.stdout or ():
            lines.append(line)
            if line.startswith(("Collecting ", "Requirement already satisfied")):
                seen += 1
                if seen % 10 == 0:
                    say(f"  {seen} packages are there")
            elif line.startswith("Installing collected") and seen:
                say("  unpacking them")
    if process.returncode:
        sys.stderr.write("".join(lines[-20:]))
        fail(
            "pip could not install the packages (see above). Once its reason is gone, run the command again."
        )


def run(command: list[str | Path], problem: str) -> None:
    """Run a command that has to succeed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        fail(problem)


def say(text: str) -> None:
    """Tell what happens."""
    print(text, flush=True)


def fail(text: str) -> None:
    """Give up."""
    sys.stderr.write(text + "\n")
    sys.exit(2)


def main() -> None:
    """Check, and install if need be."""
    exact = "--exact" in sys.argv
    kinds = [argument for argument in sys.argv[1:] if argument != "--exact"]
    if len(kinds) != 1 or kinds[0] not in LOCKS:
        fail("usage: environment.py runtime|dev [--exact]")
    if not is_complete(kinds[0], exact=exact):
        try:
            make(kinds[0], exact=exact)
        except KeyboardInterrupt:
            fail("Interrupted; the next run begins anew.")


if __name__ == "__main__":
    main()
