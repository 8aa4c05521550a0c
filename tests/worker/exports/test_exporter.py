"""The process that makes an export: what it leaves behind when it is killed."""

import subprocess
import sys
from pathlib import Path

import psutil

# A bundle's `predict.py --prove` knows nothing of our code; this program stands for it.
PROOF = "import os, time; open('proof.pid', 'w').write(str(os.getpid())); os.rename('proof.pid', 'pid'); time.sleep(60)"
EXPORTER = """
import sys
from worker.exports.exporter import _run_process
_run_process([sys.executable, "-c", sys.argv[1]], sys.argv[2])
"""


def test_a_killed_exporter_takes_its_proof_with_it(tmp_path: Path) -> None:
    exporter = subprocess.Popen([sys.executable, "-c", EXPORTER, PROOF, str(tmp_path)])
    while not (tmp_path / "pid").exists():
        assert exporter.poll() is None
    proof = psutil.Process(int((tmp_path / "pid").read_text()))

    exporter.kill()

    proof.wait(timeout=10)
    exporter.wait()
