"""The computer that figures are from."""

import os
import platform
from pathlib import Path

# Those that decide how fast a network is.
INSTRUCTION_SETS = [
    "avx2",
    "fma",
    "avx512f",
    "avx512bw",
    "avx512_vnni",
    "avx512_bf16",
    "avx512_fp16",
    "avx_vnni",
    "amx_int8",
    "amx_bf16",
    "asimd",
    "asimdhp",
    "asimddp",
    "i8mm",
    "bf16",
    "sve",
]


# What the processor has to have, to be held to a class of report.CLASSES.
CLASS_FLAGS = {"avxvnni": "avx_vnni", "avx2": "avx2"}


def classes() -> list[str]:
    """Those that this processor can be held to."""
    return [name for name, flag in CLASS_FLAGS.items() if flag in _flags()]


def describe() -> list[str]:
    """A line each: CPU, instruction sets, memory and system, load."""
    fields, flags = _cpu_fields(), _flags()
    virtual = ", in a virtual machine" if "hypervisor" in flags else ""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"CPU: {fields.get('model name', platform.machine())}, {len(os.sched_getaffinity(0))} cores{virtual}",
        f"Instruction sets: {' '.join(name for name in INSTRUCTION_SETS if name in flags)}",
        f"Memory: {memory:.0f} GB; Linux {platform.release().split('-')[0]}, {platform.machine()}",
        f"Load average of the minute before: {os.getloadavg()[0]:.2f}",
    ]


def _flags() -> list[str]:
    fields = _cpu_fields()
    return fields.get("flags", fields.get("Features", "")).split()


def _cpu_fields() -> dict[str, str]:
    """Of the first core in /proc/cpuinfo."""
    lines = Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}
