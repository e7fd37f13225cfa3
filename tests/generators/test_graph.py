"""Runs that never end, ask for too much, or give no numbers: each is one `BundleError`, and the next run works."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from realtime.bundle import Bundle, load_bundle
from realtime.bundle.graph_file import check_graph
from realtime.errors import BundleError
from realtime.generators import graph, watchdog
from realtime.generators.graph import Graph, open_session
from realtime.generators.latent import MorphGenerator
from realtime.generators.registry import open_generator
from realtime.generators.step_decoder import StepDecoder
from realtime.generators.watchdog import LOOK_SECONDS, Watch
from tests.bundle import hostile

ROOT = Path(__file__).parents[2]
QUIET, LOUD = np.zeros((1, hostile.LATENT), np.float32), np.ones((1, hostile.LATENT), np.float32)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "RUN_SECONDS", {"morph": 0.3})


def decoder(folder: Path, built: Any) -> Graph:
    return open_session(hostile.unchecked(folder, built), "decoder")


@pytest.mark.usefixtures("short")
def test_an_endless_loop_is_ended_and_the_next_run_works(toy_morph: Path) -> None:
    endless = decoder(toy_morph, hostile.endless(unless_zero=True))
    for _ in range(2):
        assert endless.run(["logits"], {"z": QUIET})[0].shape == (1, 32, 63)
        begun = time.monotonic()
        with pytest.raises(BundleError, match=r"one run took over 0\.3 s and was ended"):
            endless.run(["logits"], {"z": LOUD})
        assert 0.2 < time.monotonic() - begun < 3.0


@pytest.mark.usefixtures("short")
def test_a_model_that_passes_the_loader_and_is_far_too_slow_is_ended(toy_morph: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(toy_morph, tmp_path / "slow"))
    slow = open_session(load_bundle(hostile.put(folder, "decoder.onnx", hostile.slow().SerializeToString())), "decoder")
    assert slow.run(["logits"], {"z": QUIET})[0].shape == (1, 32, 63)
    begun = time.monotonic()
    with pytest.raises(BundleError, match=r"one run took over 0\.3 s and was ended"):
        slow.run(["logits"], {"z": LOUD})
    assert time.monotonic() - begun < 6.0  # the product that it is at is finished first
    assert slow.run(["logits"], {"z": QUIET})[0].shape == (1, 32, 63)


@pytest.mark.usefixtures("short")
def test_a_bound_run_is_ended_too(toy_morph: Path) -> None:
    endless = decoder(toy_morph, hostile.endless())
    binding = endless.binding()
    binding.bind_cpu_input("z", QUIET)
    binding.bind_output("logits")
    with pytest.raises(BundleError, match="was ended"):
        endless.run_bound(binding)


def test_sixteen_terabytes_are_refused_at_once(toy_morph: Path) -> None:
    large, begun = decoder(toy_morph, hostile.huge()), time.monotonic()
    with pytest.raises(BundleError, match="one run asked for over 1024 MiB"):
        large.run(["logits"], {"z": QUIET})
    assert time.monotonic() - begun < 1.0


def test_many_large_tensors_are_refused_before_the_machine_is_full(toy_morph: Path) -> None:
    """Of operators that are allowed: each pads a quarter of a gigabyte."""
    size = helper.make_tensor("size", TensorProto.INT64, [4], [0, 0, 0, 1 << 26])
    pads = [helper.make_node("Pad", ["z", "size"], [f"large{n}"]) for n in range(8)]
    nodes = [
        *pads,
        helper.make_node("Concat", [pad.output[0] for pad in pads], ["all"], axis=0),
        helper.make_node("ReduceMax", ["all"], ["most"], keepdims=0),
        helper.make_node("Add", ["most", "value"], ["logits"]),
    ]
    value = helper.make_tensor("value", TensorProto.FLOAT, [1, 32, 63], [0.0] * (32 * 63))
    built = hostile.model(nodes, [size, value])
    check_graph(Path("decoder.onnx"), built.SerializeToString())
    with pytest.raises(BundleError, match=r"asked for over 1024 MiB|cannot load it"):
        decoder(toy_morph, built).run(None, {"z": QUIET})
    assert decoder(toy_morph, hostile.plain()).run(None, {"z": QUIET})  # there is room again


OPENS = """
import resource, sys
from pathlib import Path
from realtime.generators.graph import open_session
from tests.bundle import hostile
bundle = hostile.unchecked(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
open_session(bundle, "decoder")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(os.name == "nt", reason="measures memory as POSIX systems do")
def test_opening_computes_nothing_large(toy_morph: Path, tmp_path: Path) -> None:
    """A padded constant of half a gigabyte: onnxruntime would make it while it looks what it can compute beforehand."""
    size = helper.make_tensor("size", TensorProto.INT64, [2], [0, 1 << 27])
    constants = [size, helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])]
    nodes = [
        helper.make_node("Pad", ["one", "size"], ["large"]),
        helper.make_node("ReduceMax", ["large"], ["most"], keepdims=0),
        helper.make_node("Add", ["most", "value"], ["sum"]),
        helper.make_node("ReduceMax", ["z"], ["loudest"], keepdims=0),
        helper.make_node("Add", ["sum", "loudest"], ["logits"]),
    ]
    constants.append(helper.make_tensor("value", TensorProto.FLOAT, [1, 32, 63], [0.0] * (32 * 63)))
    path = tmp_path / "decoder.onnx"
    path.write_bytes(hostile.model(nodes, constants).SerializeToString())
    check_graph(path, path.read_bytes())
    command = [sys.executable, "-c", OPENS, str(toy_morph), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert int(done.stdout) < 100, done.stderr  # MB; over 500 without the limit


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(toy_morph: Path, value: float) -> None:
    with pytest.raises(BundleError, match="logits is not a number"):
        decoder(toy_morph, hostile.plain(value)).run(None, {"z": QUIET})


def renamed(name: str) -> Any:
    built = hostile.plain()
    built.graph.input[0].name = name
    built.graph.node[0].input[0] = name
    return built


def output(shape: list[int], kind: int = TensorProto.FLOAT) -> Any:
    built = hostile.plain()
    cast = helper.make_node("Cast", ["mean"], ["cast"], to=kind)
    size = helper.make_tensor("size", kind, shape, [0] * int(np.prod(shape)))
    add = helper.make_node("Add", ["cast", "size"], ["logits"])
    info = helper.make_tensor_value_info("logits", kind, shape)
    return hostile.model([built.graph.node[0], cast, add], [size], output=info)


@pytest.mark.parametrize(
    ("built", "says"),
    [
        (renamed("y"), r"inputs are \['y'\], the manifest says \['z'\]"),
        (output([1, 32, 9]), r"output logits is float32\[1, 32, 9\], the manifest says float32\[1, 32, 63\]"),
        (output([32, 63]), r"output logits is float32\[32, 63\]"),
        (output([1, 32, 63], TensorProto.INT64), r"output logits is int64\[1, 32, 63\]"),
        (output([1, 32, 63], TensorProto.DOUBLE), r"output logits is tensor\(double\)\[1, 32, 63\]"),
        (hostile.plain(opset=99), "onnxruntime cannot load it"),
        (hostile.plain(ir_version=99), "onnxruntime cannot load it"),
        (b"", "onnxruntime cannot load it"),
        (b"garbage", "onnxruntime cannot load it"),
        (hostile.plain().SerializeToString().replace(b"logits", b"log\xff\xfes"), "onnxruntime cannot load it"),
    ],
    ids=range(10),
)
def test_graphs_that_are_not_what_the_manifest_says(toy_morph: Path, built: Any, says: str) -> None:
    with pytest.raises(BundleError, match=says) as refused:
        decoder(toy_morph, built)
    assert "\n" not in str(refused.value)


def test_an_output_of_another_size_than_declared_is_refused(toy_morph: Path) -> None:
    nodes = [  # a size that is known only as it runs
        helper.make_node("Cast", ["z"], ["whole"], to=TensorProto.INT64),
        helper.make_node("ReduceSum", ["whole"], ["none"], keepdims=0),
        helper.make_node("Add", ["none", "size"], ["shape"]),
        helper.make_node("ConstantOfShape", ["shape"], ["logits"]),
    ]
    info = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 32, "K"])
    built = hostile.model(nodes, [helper.make_tensor("size", TensorProto.INT64, [3], [1, 32, 9])], output=info)
    with pytest.raises(BundleError, match=r"logits came out as \[1, 32, 9\]"):
        decoder(toy_morph, built).run(None, {"z": QUIET})


@pytest.mark.parametrize("size", [9, "K"])
def test_a_manifest_that_agrees_with_a_wrong_graph_is_refused(toy_morph: Path, size: int | str) -> None:
    """Both say the same, but it is not what a morph's decoder gives; or the manifest leaves it open."""
    bundle = hostile.unchecked(toy_morph, output([1, 32, 9]))
    said = msgspec.structs.replace(bundle.spec.graph("decoder").outputs[0], shape=(1, 32, size))
    graphs = tuple(
        msgspec.structs.replace(spec, outputs=(said,)) if spec.name == "decoder" else spec
        for spec in bundle.spec.graphs
    )
    wrong = Bundle(bundle.folder, msgspec.structs.replace(bundle.spec, graphs=graphs), bundle.contents)
    with pytest.raises(BundleError, match=r"logits (is|came out as) [\[(]1, 32, 9[\])], not \(1, 32, 63\)"):
        MorphGenerator(wrong)


def test_a_wrong_input_is_one_line(toy_morph: Path) -> None:
    with pytest.raises(BundleError, match="the run failed"):
        decoder(toy_morph, hostile.plain()).run(None, {"z": QUIET[:, :3]})


def test_only_a_run_that_goes_on_is_ended() -> None:
    watch = Watch()
    watch.allow(2.5 * LOOK_SECONDS)
    for _ in range(10):  # another run at each look, however long the time between
        watch.turns += 2
        watch.look()
    assert not watch.options.terminate
    watch.turns += 1
    watch.look()  # the first look at this run
    for _ in range(2):
        watch.look()
        assert not watch.options.terminate
    watch.look()
    assert watch.options.terminate


def test_all_graphs_share_one_thread_that_forgets_those_that_are_gone(toy_morph: Path) -> None:
    import gc
    import threading

    gc.collect()
    before = len(watchdog.WATCHDOG._watches)
    graphs = [decoder(toy_morph, hostile.plain()) for _ in range(3)]
    assert len(watchdog.WATCHDOG._watches) == before + 3
    assert sum(thread.name == "watchdog" for thread in threading.enumerate()) == 1
    graphs.clear()
    deadline = time.monotonic() + 5
    while len(watchdog.WATCHDOG._watches) > before and time.monotonic() < deadline:
        gc.collect()
    assert len(watchdog.WATCHDOG._watches) <= before


def spoiled(data: bytes) -> bytes:
    """The same graph with NaN for all its floats."""
    built = hostile.proto(data)
    for tensor in built.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            whole = numpy_helper.to_array(tensor)
            tensor.CopyFrom(numpy_helper.from_array(np.full_like(whole, np.nan), tensor.name))
    return bytes(built.SerializeToString())


@pytest.mark.parametrize(("kind", "file"), [("toy_bundle", "step.onnx"), ("toy_morph", "decoder.onnx")])
def test_a_model_of_nan_is_refused_when_it_is_opened(
    kind: str, file: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(request.getfixturevalue(kind), tmp_path / "spoiled"))
    hostile.put(folder, file, spoiled((folder / file).read_bytes()))
    with pytest.raises(BundleError, match="logits is not a number"):
        open_generator(folder)


def test_a_cache_with_nan_in_it_is_filled_afresh(toy_bundle: Path) -> None:
    decoder = StepDecoder(load_bundle(toy_bundle))
    rows = [(1, 2, 3, 1, 1, 0), (2, 2, 3, 1, 1, 0), (3, 2, 3, 1, 1, 0)]
    decoder.advance(rows)
    well = decoder.pitch_logits_P.copy()
    decoder._cache["0.key"][:] = np.nan
    with pytest.raises(BundleError, match="pitch_logits is not a number"):
        decoder.advance([*rows, rows[0]])
    decoder._cache["0.key"][:] = 0  # what is fed again overwrites its own rows
    assert decoder.advance(rows) == len(rows)
    assert decoder.pitch_logits_P.tolist() == well.tolist()


def test_a_cache_that_would_fill_the_memory_is_refused(toy_copy: Path) -> None:
    hostile.edit(toy_copy, lambda m: m["config"].update(max_context=65536, heads=4096, kv_heads=4096))
    with pytest.raises(BundleError, match="too large, or none"):
        open_generator(toy_copy)
