"""Makes the int8 graph of a case for a peer engine, with the engine's own tool, calibrated on the case's driving frames.

What is quantised are convolutions, but for the detector's: with all that the tools would take, keypoints go astray, and it
is slower.

    python quantise.py openvino_int8 FOLDER
"""

import argparse
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np


# In the names of what the detector computes.
DETECTOR = "detector"


def inputs_of(folder: Path) -> Iterator[dict[str, np.ndarray]]:
    """What the network takes, for every driving frame."""
    with np.load(folder / "inputs.npz") as file:
        inputs = dict(file)
    for driving in inputs.pop("driving"):
        yield {"driving": driving, **inputs}


def for_openvino(folder: Path) -> None:
    """By NNCF's post-training quantisation."""
    import nncf
    import openvino

    nncf.set_log_level(logging.ERROR)
    rows = list(inputs_of(folder))
    graph = openvino.Core().read_model(folder / "frame.onnx")
    others = {operation.get_type_name() for operation in graph.get_ops()} - {"Convolution", "GroupConvolution"}
    ignored = nncf.IgnoredScope(types=sorted(others), patterns=[f".*{DETECTOR}.*"], validate=False)
    quantised = nncf.quantize(graph, nncf.Dataset(rows), subset_size=len(rows), ignored_scope=ignored)
    openvino.save_model(quantised, folder / "openvino_int8.xml", compress_to_fp16=False)


def for_onnxruntime(folder: Path) -> None:
    """By its static quantisation, with a scale for each channel of the weights."""
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Rows(CalibrationDataReader):
        def __init__(self) -> None:
            self.rows = inputs_of(folder)

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self.rows, None)

    prepared = folder / "onnxruntime_prepared.onnx"
    quant_pre_process(folder / "frame.onnx", prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared,
        folder / "onnxruntime_int8.onnx",
        Rows(),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["Conv"],
        nodes_to_exclude=[node.name for node in onnx.load(prepared).graph.node if DETECTOR in node.name],
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )


TOOLS = {"openvino_int8": for_openvino, "onnxruntime_int8": for_onnxruntime}


def main() -> None:
    arguments = argparse.ArgumentParser(description="Makes the int8 graph of a case.")
    arguments.add_argument("engine", choices=TOOLS)
    arguments.add_argument("folder", type=Path)
    options = arguments.parse_args()
    TOOLS[options.engine](options.folder)


if __name__ == "__main__":
    main()
