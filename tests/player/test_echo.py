from realtime.player.echo import EchoGuard
from realtime.player.midi_bytes import note_off, note_on

MS = 1_000_000


def test_our_own_note_coming_back_is_an_echo_for_30_ms_only() -> None:
    guard = EchoGuard()
    guard.sent(note_on(0, 60, 90), 100 * MS)
    assert guard.echo_of(note_on(0, 60, 90), 101 * MS)
    assert guard.echo_of(note_on(0, 60, 90), 130 * MS)  # a second cable
    assert not guard.echo_of(note_on(0, 60, 90), 131 * MS)
    assert guard.echoes == 2


def test_what_differs_is_playing() -> None:
    guard = EchoGuard()
    guard.sent(note_on(0, 60, 90), 0)
    guard.sent(bytes((0xB0, 1, 64)), 0)
    for data in (note_on(0, 61, 90), note_on(1, 60, 90), note_off(0, 60), bytes((0xB0, 1, 65))):
        assert not guard.echo_of(data, MS)
    assert guard.echo_of(bytes((0xB0, 1, 64)), MS)


def test_memory_is_bounded() -> None:
    guard = EchoGuard()
    for index in range(100_000):
        guard.sent(bytes((0xE0, index % 128, index // 128 % 128)), index)
    assert len(guard._sent) <= 8192


def test_a_musician_in_unison_is_heard() -> None:
    guard = EchoGuard()
    guard.sent(note_on(0, 60, 90), 100 * MS)
    assert not guard.echo_of(note_on(0, 60, 77), 104 * MS)


def test_the_release_of_a_held_key_is_never_an_echo() -> None:
    guard = EchoGuard()
    assert not guard.echo_of(note_on(0, 60, 77), 0)
    guard.sent(note_off(0, 60), 490 * MS)
    assert not guard.echo_of(note_off(0, 60), 500 * MS)
    assert guard.echo_of(note_off(0, 60), 501 * MS)  # and now nothing is held


def test_the_release_of_an_echo_is_an_echo() -> None:
    guard = EchoGuard()
    guard.sent(note_on(0, 60, 90), 0)
    guard.sent(note_off(0, 60), 100 * MS)
    assert guard.echo_of(note_on(0, 60, 90), 2 * MS)
    assert guard.echo_of(note_off(0, 60), 102 * MS)
