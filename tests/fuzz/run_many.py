"""Opens and runs each `.onnx` file of a folder as a bundle's decoder; a line a file, so that a crash has a name."""

import sys
from pathlib import Path

import numpy as np

from realtime.bundle import Bundle, load_bundle
from realtime.bundle.graph_file import check_graph
from realtime.errors import BundleError
from realtime.generators.graph import open_session

if __name__ == "__main__":
    bundle = load_bundle(Path(sys.argv[1]))
    z = np.ones((1, int(bundle.spec.config["latent"])), np.float32)
    for path in sorted(Path(sys.argv[2]).glob("*.onnx")):
        print(path.name, end=" ", flush=True)
        data = path.read_bytes()
        try:
            check_graph(path, data)
            spoiled = Bundle(bundle.folder, bundle.spec, {**bundle.contents, "decoder.onnx": data})
            open_session(spoiled, "decoder").run(None, {"z": z})
        except BundleError as error:
            print("refused:", str(error), flush=True)
        else:
            print("ran", flush=True)
