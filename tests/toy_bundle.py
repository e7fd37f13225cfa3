"""A valid continue bundle with a tiny random network, made by the real exporter."""

from pathlib import Path


def write_toy_bundle(folder: Path, *, seed: int = 0) -> Path:
    """Write it to `folder` and return that. Needs torch and onnx, takes about a second."""
    import torch

    from realtime.bundle.spec import DataSet, TrainedBy
    from training.data.augment import to_arrays
    from training.data.generated import generated_tunes
    from training.export.exporter import ExportAbout, export_continue
    from training.networks.transformer import MelodyTransformer, TransformerConfig

    torch.set_num_threads(1)  # more are slower for products this small
    torch.manual_seed(seed)
    network = MelodyTransformer(TransformerConfig(width=32, layers=2, heads=2, max_context=96, dropout=0.0))
    tunes = [to_arrays(tune) for tune in generated_tunes(2, seed=seed, events=64)]
    about = ExportAbout(
        name="toy",
        title="Toy: untrained",
        trained_by=TrainedBy(
            recipe="toy",
            command="tests.toy_bundle",
            commit="",
            seed=seed,
            cpu_minutes=0.0,
            data=(DataSet(name="generated", licence="none needed", source="made up by a rule", notes=128),),
        ),
        keep=64,
    )
    export_continue(network, about, tunes, folder, score=False)
    return folder
