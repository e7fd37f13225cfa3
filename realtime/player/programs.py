"""The sounds that the parts' channels are to have: kept, for an output that is opened anew knows none of them."""

from realtime.messages import Program
from realtime.player.midi_bytes import program_change
from realtime.player.timeline import MAX_PARTS

MAX_BANK = (1 << 14) - 1


class Programs:
    """One sound a part."""

    def __init__(self) -> None:
        self._of_part: dict[str, Program] = {}

    def set(self, program: Program) -> list[bytes]:
        """What to send for it now. An invalid one is left out: the engine has checked what people ask for."""
        self._of_part.pop(program.part, None)
        if not _is_valid(program) or len(self._of_part) >= MAX_PARTS:
            return []
        self._of_part[program.part] = program
        return program_change(program.channel, program.bank, program.program)

    def of_port(self, port: str) -> list[bytes]:
        """What an output has to be told when it opens."""
        return [
            message
            for program in self._of_part.values()
            if program.port == port
            for message in program_change(program.channel, program.bank, program.program)
        ]


def _is_valid(program: Program) -> bool:
    return 0 <= program.channel <= 15 and 0 <= program.bank <= MAX_BANK and 1 <= program.program <= 128
