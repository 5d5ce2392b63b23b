"""Times a case in one peer engine and prints what it measured as JSON.

compare.py runs it in a process of its own, so that engines share neither threads nor memory; nothing but the engine and
numpy is loaded.

    python engine.py pytorch FOLDER --threads N --runs N [--pictures FILE]
"""

import argparse
import importlib.metadata
import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

Run = Callable[[np.ndarray], np.ndarray]
Inputs = dict[str, np.ndarray]

# Frames that are not timed.
WARM_UP = 3


def open_pytorch(folder: Path, inputs: Inputs, threads: int, is_compiled: bool = False) -> Run:
    import torch

    import weights

    torch.set_num_threads(threads)
    with np.load(folder / "inputs.npz") as file:
        size = file["driving"].shape[-1]
    network = weights.read(folder / "model.safetensors", size=size)
    if is_compiled:
        network = torch.compile(network)
    tensors = {name: torch.from_numpy(value) for name, value in inputs.items()}

    @torch.inference_mode()
    def run(driving: np.ndarray) -> np.ndarray:
        return network(torch.from_numpy(driving), **tensors).numpy()

    return run


def open_onnxruntime(folder: Path, inputs: Inputs, threads: int, file: str = "frame.onnx") -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(folder / file, options, providers=["CPUExecutionProvider"])
    return lambda driving: session.run(None, {"driving": driving, **inputs})[0]


def open_openvino(
    folder: Path, inputs: Inputs, threads: int, file: str = "frame.onnx", precision: str = "f32"
) -> Run:
    import openvino

    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": precision,
        "INFERENCE_NUM_THREADS": str(threads),
    }
    request = openvino.Core().compile_model(folder / file, "CPU", settings).create_infer_request()

    def run(driving: np.ndarray) -> np.ndarray:
        # Tensors borrow the arrays' memory, and do not keep the arrays.
        for name, value in {"driving": driving, **inputs}.items():
            request.set_tensor(name, openvino.Tensor(value, shared_memory=True))
        request.infer()
        return request.get_output_tensor(0).data

    return run


# What opens an engine, and the package that has its version. The int8 graphs are quantise.py's.
ENGINES = {
    "pytorch": (open_pytorch, "torch"),
    "pytorch_compiled": (partial(open_pytorch, is_compiled=True), "torch"),
    "onnxruntime": (open_onnxruntime, "onnxruntime"),
    "onnxruntime_int8": (partial(open_onnxruntime, file="onnxruntime_int8.onnx"), "onnxruntime"),
    "openvino": (open_openvino, "openvino"),
    "openvino_bf16": (partial(open_openvino, precision="bf16"), "openvino"),
    "openvino_int8": (partial(open_openvino, file="openvino_int8.xml"), "openvino"),
}


def version(engine: str) -> str:
    """The package's name and version."""
    package = ENGINES[engine][1]
    return f"{package} {importlib.metadata.version(package)}"


def open_case(engine: str, folder: Path, threads: int) -> tuple[Run, np.ndarray]:
    """What computes a prediction [1, 3, size, size] from one of the driving frames, and those frames."""
    with np.load(folder / "inputs.npz") as file:
        inputs = dict(file)
    driving = inputs.pop("driving")
    return ENGINES[engine][0](folder, inputs, threads), driving


def time_frames(run: Run, driving: np.ndarray, runs: int) -> tuple[list[float], float]:
    """Milliseconds of each of `runs` frames, and those of all processors together that a frame takes in the mean."""
    times = []
    for index in range(WARM_UP + runs):
        if index == WARM_UP:
            processor = time.process_time()
        start = time.perf_counter()
        run(driving[index % len(driving)])
        times.append((time.perf_counter() - start) * 1000)
    return times[WARM_UP:], (time.process_time() - processor) * 1000 / runs


def peak_memory_mb() -> float:
    """Of this process since it started Python; rusage would count what its parent had, too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    arguments = argparse.ArgumentParser(description="Times a case in one engine.")
    arguments.add_argument("engine", choices=ENGINES)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--threads", type=int, default=os.cpu_count())
    arguments.add_argument("--runs", type=int, required=True)
    arguments.add_argument("--pictures", type=Path, help="also save the predictions of all driving frames, as .npy")
    options = arguments.parse_args()
    run, driving = open_case(options.engine, options.folder, options.threads)
    times, processor = time_frames(run, driving, options.runs)
    if options.pictures:
        np.save(options.pictures, np.concatenate([run(frame).copy() for frame in driving]))
    print(json.dumps({"times_ms": times, "processor_ms": processor, "peak_memory_mb": peak_memory_mb()}))


if __name__ == "__main__":
    main()
