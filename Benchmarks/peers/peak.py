"""How many operations this CPU does in a second, which what a frame costs is held against."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Peak:
    """Float32 operations a second, in registers."""

    gflops: float
    instructions: str


def measure(source: Path, program: Path, threads: int) -> Peak:
    """Compiles peak.c where `program` is not there yet, and runs it."""
    if not program.exists():
        subprocess.run(["cc", "-O2", "-pthread", source, "-o", program], check=True)
    answer = subprocess.run([program, str(threads)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return Peak(**json.loads(answer))
