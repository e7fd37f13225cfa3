"""Valid bundles with tiny random networks, made by the real exporters."""

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


def write_toy_morph(folder: Path, *, seed: int = 0) -> Path:
    """A valid morph bundle with a tiny random network; takes a fraction of a second."""
    import torch

    from realtime.bundle.spec import TrainedBy
    from training.data.generated import generated_tunes
    from training.data.patterns import windows
    from training.export.exporter import ExportAbout
    from training.export.morph import export_morph
    from training.networks.pattern_vae import PatternNetConfig, PatternVae

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    network = PatternVae(PatternNetConfig(latent=16, width=16, embedding=8))
    with torch.no_grad():
        for parameter in network.decoder.parameters():
            if parameter.dim() > 1:
                parameter.mul_(3.0)  # patterns with something in them
        network.encoder.mean.weight.mul_(4.0)
    trained = TrainedBy(recipe="toy", command="tests.toy_bundle", commit="", seed=seed, cpu_minutes=0.0, data=())
    about = ExportAbout(name="morph", title="Toy: untrained", trained_by=trained)
    patterns = windows(generated_tunes(4, seed=seed))
    export_morph(network, about, patterns, patterns, folder)
    return folder


def write_toy_quartet(folder: Path, *, seed: int = 0) -> Path:
    """A valid quartet bundle with tiny random networks; takes a fraction of a second."""
    from dataclasses import replace

    import torch

    from realtime.bundle.spec import TrainedBy
    from training.data.generated import generated_chorales
    from training.export.articulation import build_graph
    from training.export.exporter import ExportAbout
    from training.export.quartet import Trained, export_quartet
    from training.networks.articulation import ArticulationNet, ArticulationNetConfig
    from training.networks.quartet import QuartetNet, QuartetNetConfig
    from training.networks.quartet_critic import Critic
    from training.networks.quartet_mapping import Mapping
    from training.tasks.quartet_data import read_windows

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    config = QuartetNetConfig(chords=8, style=4, melody=6, groove=4, width=8, blocks=1, mapping=16, critic=8)
    articulate = build_graph(ArticulationNet(ArticulationNetConfig())).SerializeToString()
    trained = Trained(
        network=QuartetNet(config), mapping=Mapping(config), critic=Critic(config.critic), articulate=articulate
    )
    with torch.no_grad():
        for moving in (trained.mapping.common, trained.mapping.own):
            torch.nn.init.normal_(moving.out.weight, std=0.2)
        trained.network.grooves.steps.weight.mul_(4.0)
        trained.network.pitches.out.weight.mul_(4.0)  # pieces with something in them
    about = TrainedBy(recipe="toy", command="tests.toy_bundle", commit="", seed=seed, cpu_minutes=0.0, data=())
    tunes = [
        replace(tune, symbol_VT=tune.symbol_VT + 2 * (number % 3))  # in three keys
        for number, tune in enumerate(generated_chorales(6, seed=seed))
    ]
    music = read_windows(tunes, 8, keyed=True)
    export_quartet(trained, ExportAbout(name="quartet", title="Toy: untrained", trained_by=about), music, tunes, folder)
    return folder
