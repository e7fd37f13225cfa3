"""`hocket train` for torchrun, which starts modules: the same run in several processes that share each batch.

torchrun --nproc-per-node 2 --max-restarts 1 -m training continue --data my_midi --out runs/mine --resume
"""

import argparse
import sys
from pathlib import Path

from realtime.errors import HocketError
from training.cli import train_command


def main() -> int:
    """Train; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training", description="hocket train, also under torchrun.")
    parser.add_argument("recipe")
    parser.add_argument("--data", type=Path, action="append", default=[], help="folder of .mid files; repeatable")
    parser.add_argument("--out", type=Path, default=Path("runs/latest"))
    parser.add_argument("--device", default="cpu", help="cpu (gloo) or cuda (nccl)")
    parser.add_argument("--minutes", type=float, help="CPU minutes of the first process")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="go on where a killed run in --out stood")
    parser.add_argument(
        "--split-weights",
        action="store_true",
        help="each process keeps its slice of the weights (FSDP2); continue only",
    )
    parser.add_argument("--leave-out", type=Path, action="append", default=[], help="names of tunes not to read")
    given = parser.parse_args()
    try:
        train_command(
            given.recipe,
            given.data,
            given.out,
            device=given.device,
            seed=given.seed,
            cpu_minutes=given.minutes,
            resume=given.resume,
            leave_out=given.leave_out,
            split_weights=given.split_weights,
        )
    except HocketError as error:
        sys.stderr.write(f"hocket: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
