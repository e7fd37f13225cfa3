"""The contestants beside ours, each on one thread and each drawing its events at random, as ours does.

Two read our own network in torch eager: again from the start for every event, as the student project did, and with
a cache of its own. Two are a GPT-2 of our width, layers and heads: Hugging Face's `generate`, and CTranslate2.

Shapes: S rows, F features, H heads, K head size, P pitches, L durations.
"""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  torch's own name for it

from realtime.music.melody_codec import Row
from tests.benchmarks.measure import Batch, Stopwatch, laps
from training.networks.transformer import MelodyTransformer, rotate

GPT2_VOCABULARY = 128  # of about the size of our pitch and duration tables together


def _draw(logits: Tensor) -> int:
    return int(torch.multinomial(logits.softmax(-1), 1))


def _draw_event(network: MelodyTransformer, h_D: Tensor) -> tuple[int, int]:
    """A pitch, then its duration: only what one event needs."""
    pitch = _draw(network.pitch(h_D))
    d_D = F.gelu(network.duration_hidden(h_D) + network.duration_pitch.weight[pitch])
    return pitch, _draw(network.duration(d_D))


class TorchNaive:
    """Every event reads the whole context."""

    def __init__(self, network: MelodyTransformer, rows: Sequence[Row]) -> None:
        self._network = network
        self._rows_1SF = torch.tensor([rows])

    @torch.inference_mode()
    def last(self) -> Tensor:
        """What the network knows after the last row."""
        return self._network.hidden(self._rows_1SF)[0, -1]

    @torch.inference_mode()
    def run(self, count: int) -> Batch:
        """`count` events after the context."""
        return laps(lambda: _draw_event(self._network, self.last()), count)


class TorchCached:
    """Every event reads one row; keys and values stay in buffers."""

    def __init__(self, network: MelodyTransformer, rows: Sequence[Row]) -> None:
        config = network.config
        self._network = network
        self._rows_S1F = torch.tensor(rows)[:, None]
        shape = (config.layers, 1, config.kv_heads, len(rows), config.head_width)
        self._keys, self._values = torch.zeros(shape), torch.zeros(shape)
        for position in range(len(rows)):
            self.step(position)

    @torch.inference_mode()
    def step(self, position: int) -> Tensor:
        """What the network knows after the row at `position`, given those before."""
        network = self._network
        x = network.table(self._rows_S1F[position]).sum(1)[None]
        here = slice(position, position + 1)
        cos, sin = network.cos_SK[here], network.sin_SK[here]
        for block, keys, values in zip(network.blocks, self._keys, self._values, strict=True):
            config = block.config
            qkv = block.qkv(block.norm_attention(x)).split([config.width, config.kv_width, config.kv_width], -1)
            q, k, v = (part.view(1, 1, -1, config.head_width).transpose(1, 2) for part in qkv)
            keys[:, :, here], values[:, :, here] = rotate(k, cos, sin), v
            past = slice(0, position + 1)
            a = F.scaled_dot_product_attention(
                rotate(q, cos, sin), keys[:, :, past], values[:, :, past], enable_gqa=True
            )
            x = x + block.out(a.transpose(1, 2).reshape(1, 1, config.width))
            x = x + block.down(F.gelu(block.up(block.norm_mlp(x))))
        return network.norm(x)[0, 0]

    @torch.inference_mode()
    def run(self, count: int) -> Batch:
        """`count` events that end the context."""
        size = len(self._rows_S1F)
        positions = iter(range(size - count, size))
        return laps(lambda: _draw_event(self._network, self.step(next(positions))), count)


class HuggingFace:
    """GPT2LMHeadModel.generate with its cache. The prompt's own reading is not counted."""

    def __init__(self, *, width: int, layers: int, heads: int, context: int) -> None:
        from transformers import GPT2Config, GPT2LMHeadModel
        from transformers.utils import logging as chatter

        chatter.set_verbosity_error()
        chatter.disable_progress_bar()
        config = GPT2Config(
            vocab_size=GPT2_VOCABULARY,
            n_positions=2 * context,
            n_embd=width,
            n_layer=layers,
            n_head=heads,
            bos_token_id=GPT2_VOCABULARY - 2,
            eos_token_id=GPT2_VOCABULARY - 2,
        )
        self.model = GPT2LMHeadModel(config).eval()
        self._context = context

    @torch.inference_mode()
    def run(self, count: int) -> Batch:
        """`count` tokens around the context; the first one of the prompt is left out."""
        prompt = torch.randint(0, GPT2_VOCABULARY - 2, (1, self._context - count // 2))
        watch = Stopwatch()

        def lap(_ids: Tensor, scores: Tensor) -> Tensor:
            watch.lap()
            return scores

        self.model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            min_new_tokens=count + 1,
            max_new_tokens=count + 1,
            do_sample=True,
            top_k=0,
            use_cache=True,
            pad_token_id=GPT2_VOCABULARY - 1,
            logits_processor=[lap],
        )
        return watch.batch(skip=1)


class CTranslate2:
    """CTranslate2's int8 form of a GPT-2. The prompt stays cached; a call of one token is taken off."""

    def __init__(self, gpt2: Any, *, context: int, folder: Path) -> None:
        import ctranslate2

        logging.getLogger("ctranslate2").setLevel(logging.ERROR)
        self._tokens = [f"t{i}" for i in range(GPT2_VOCABULARY - 2)] + ["<end>", "<unknown>"]
        self._context = context
        converted = _convert(gpt2, self._tokens, folder)
        self._generator = ctranslate2.Generator(
            str(converted), device="cpu", compute_type="int8", inter_threads=1, intra_threads=1
        )
        drawn = torch.randint(0, GPT2_VOCABULARY - 2, (context,)).tolist()
        self._prompt = [self._tokens[i] for i in drawn]

    def _generate(self, count: int, prompt: list[str]) -> None:
        (result,) = self._generator.generate_batch(
            [prompt[-1:]],
            static_prompt=prompt[:-1],
            cache_static_prompt=True,
            min_length=count,
            max_length=count,
            sampling_topk=0,
            include_prompt_in_result=False,
            end_token=["<unknown>"],
        )
        assert len(result.sequences_ids[0]) == count, "CTranslate2 ended early: its time would be too good"

    def run(self, count: int) -> Batch:
        """`count` tokens around the context, as one mean: the library does not say when each was ready."""
        prompt = self._prompt[: self._context - count // 2]
        one = laps(lambda: self._generate(1, prompt), 1)
        many = laps(lambda: self._generate(1 + count, prompt), 1)
        return Batch([(many.wall[0] - one.wall[0]) / count], (many.cpu - one.cpu) / count)


def _convert(gpt2: Any, tokens: list[str], folder: Path) -> Path:
    """Write the GPT-2 with a vocabulary, which the converter asks for, and convert it."""
    from ctranslate2.converters import TransformersConverter

    source, target = folder / "gpt2", folder / "ctranslate2"
    gpt2.save_pretrained(source)
    names = {"bos_token": "<end>", "eos_token": "<end>", "unk_token": "<unknown>"}
    files = {
        "vocab.json": json.dumps({token: i for i, token in enumerate(tokens)}),
        "merges.txt": "#version: 0.2\n",
        "tokenizer_config.json": json.dumps({"tokenizer_class": "GPT2Tokenizer", **names}),
    }
    for name, text in files.items():
        (source / name).write_text(text)
    TransformersConverter(str(source)).convert(str(target), quantization="int8")
    return target
