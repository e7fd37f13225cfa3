"""Which test shows which fault: the specification's 25, in its order.

A test is named as pytest does, from `tests/`. Those of this folder listen at the other end of the port; what is tested
where it happens is not tested here again.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    """A row: what is injected, and the tests that do."""

    injected: str
    tests: tuple[str, ...]
    limit: str = ""  # what is not met, and why


def _here(module: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{module}.py::{name}" for name in names)


FAULTS: Final[dict[int, Fault]] = {
    1: Fault(
        "no MIDI, no audio, no models folder",
        (
            *_here("faults/test_window", "test_without_midi_and_sound_it_is_there_and_ends_well"),
            *_here("gui/test_real_engine", "test_without_any_midi_system_it_plays_nonetheless"),
            *_here("gui/viewmodels/test_outside", "test_without_sound_or_midi_it_says_what_works_nonetheless"),
        ),
    ),
    2: Fault(
        "a saved port is absent at the start",
        (
            *_here(
                "faults/test_devices",
                "test_an_output_that_comes_later_is_waited_for",
                "test_an_output_that_takes_no_connection_yet_is_waited_for",
            ),
            *_here("gui/viewmodels/test_outside", "test_a_port_that_is_not_there_is_waited_for_in_words"),
        ),
    ),
    3: Fault(
        "input unplugged with keys held; output unplugged while notes sound",
        _here(
            "faults/test_devices",
            "test_a_keyboard_that_is_unplugged_with_keys_held",
            "test_an_output_that_is_unplugged_while_notes_sound",
        ),
    ),
    4: Fault(
        "jackd killed",
        (
            *_here("faults/test_devices", "test_a_killed_server_is_told_and_the_music_comes_back"),
            *_here("faults/test_window", "test_a_killed_server_leaves_the_window_there"),
        ),
    ),
    5: Fault("send, close, send", _here("faults/test_processes", "test_a_port_that_is_closed_while_it_sends")),
    6: Fault(
        "SIGTERM, SIGINT, SIGHUP, window closed while notes sound",
        (
            *_here("faults/test_processes", "test_every_way_of_ending_is_silence"),
            *_here("faults/test_window", "test_a_window_that_is_ended_releases_all"),
            *_here("player/test_process_end", "test_jack_hears_all_releases"),
        ),
    ),
    7: Fault(
        "window, engine, player killed",
        (
            *_here("faults/test_window", "test_a_killed_window_leaves_silence_and_no_process"),
            *_here("faults/test_window", "test_an_engine_killed_under_the_window_plays_again"),
            *_here("faults/test_processes", "test_a_killed_engine_leaves_silence_and_the_next_one_plays"),
            *_here("faults/test_processes", "test_a_killed_player_is_followed_by_one_that_silences_what_it_left"),
        ),
        "a killed player cannot release: what sounded hangs until the next player is there, which silences every note",
    ),
    8: Fault(
        "a model stalls, then fails",
        (
            *_here("faults/test_models", "test_a_model_that_stalls_and_fails_holds_up_nobody"),
            *_here("engine/test_stuck_model", "test_a_stuck_model_is_given_up_and_the_others_play"),
            *_here(
                "engine/test_attempts",
                "test_pauses_grow_and_the_third_failure_in_a_row_is_the_last",
                "test_a_model_that_is_given_up_is_asked_no_more",
            ),
            *_here("gui/viewmodels/test_troubles", "test_a_model_that_is_given_up_is_said_until_it_works_again"),
        ),
    ),
    9: Fault(
        "a model emits what is no note, and a million of them",
        (
            *_here("faults/test_models", "test_nothing_that_is_no_note_leaves"),
            *_here("fuzz/test_timeline", "test_what_sounds_ends_when_it_was_promised"),
            *_here("engine/test_player_link", "test_a_long_chunk_goes_in_pieces_that_are_the_same_work"),
        ),
    ),
    10: Fault(
        "output wired to own input",
        (
            *_here("faults/test_devices", "test_an_output_that_is_wired_to_its_own_input"),
            *_here(
                "player/test_feedback",
                "test_notes_whose_velocity_a_device_changes_do_not_run_away",
                "test_a_musician_in_unison_is_none",
                "test_a_musician_in_unison_is_not_so_even",
            ),
            *_here("gui/viewmodels/test_troubles", "test_an_input_that_is_muted_is_said_until_it_is_heard_again"),
        ),
    ),
    11: Fault(
        "10,000 controllers a second",
        (
            *_here("faults/test_input", "test_a_flood_of_controllers"),
            *_here("player/test_flood", "test_every_note_and_switch_is_heard_with_the_values_of_its_time"),
        ),
    ),
    12: Fault(
        "SysEx without an end, running status, undefined bytes",
        (
            *_here("faults/test_input", "test_what_is_no_music_is_counted_and_nothing_else"),
            *_here("fuzz/test_bytes", "test_midi_in_any_pieces"),
        ),
    ),
    13: Fault(
        "clock with jitter, loss, jumps; it ceases",
        (
            *_here("faults/test_input", "test_a_clock_that_ceases_without_a_word"),
            *_here(
                "player/sync/test_midi_clock",
                "test_with_jitter_of_5_ms_the_beat_is_within_2_ms_after_four_beats",
                "test_a_tempo_out_of_range_is_not_followed",
            ),
            *_here("player/sync/test_pulse_filter", "test_a_tempo_jump_is_followed_within_two_beats"),
        ),
    ),
    14: Fault(
        "Start twice, Continue first, song positions, Stop twice",
        (
            *_here("faults/test_input", "test_start_stop_and_song_position_at_will"),
            *_here("player/sync/test_midi_clock", "test_start_twice_stop_twice_and_continue_first_make_sense"),
        ),
    ),
    15: Fault(
        "suspended and resumed",
        (
            *_here("faults/test_processes", "test_a_suspended_process_catches_up_without_a_burst"),
            *_here(
                "player/test_standstill",
                "test_after_a_standstill_late_ons_are_dropped_and_offs_are_not",
                "test_a_clock_that_jumps_makes_no_burst_and_every_note_ends",
            ),
        ),
    ),
    16: Fault(
        ".mid files of each invalid class",
        _here("fuzz/test_midi_files", "test_invalid_files_are_refused_in_one_line_or_read"),
    ),
    17: Fault(
        ".mid bombs",
        _here(
            "fuzz/test_midi_files",
            "test_bombs_are_refused_or_capped",
            "test_a_hundred_megabytes_are_refused_unread",
        ),
    ),
    18: Fault(
        "OSC: malformed, NaN, large, a flood; listening to the network",
        (
            *_here("faults/test_outside", "test_a_flood_of_rubbish_by_osc"),
            *_here("fuzz/test_bytes", "test_osc"),
            *_here("remote/test_server", "test_it_listens_to_this_machine_unless_told_otherwise"),
            *_here("cli/test_run_rack", "test_listening_to_the_network_is_said_with_a_warning"),
        ),
    ),
    19: Fault(
        "many paints, many swaps, a long run",
        (
            *_here("faults/test_soak", "test_a_while_of_chaos"),
            *_here("faults/test_swaps", "test_swapping_models_leaves_nothing_behind"),
            *_here("gui/widgets/test_painting", "test_painting_keeps_its_references_to_none"),
        ),
        "an hour is `make soak MINUTES=60`; no test takes so long",
    ),
    20: Fault(
        "broken .onnx files",
        (
            *_here("faults/test_models", "test_a_model_that_is_broken_changes_nothing"),
            *_here("generators/test_graph", "test_graphs_that_are_not_what_the_manifest_says"),
            *_here("generators/test_graph", "test_what_is_no_number_is_refused"),
            *_here("bundle/test_hostile", "test_graphs_that_are_not_ours"),
        ),
    ),
    21: Fault(
        "weights in other files, links, wrong hashes",
        (
            *_here("bundle/test_hostile", "test_links_are_refused_whatever_file_they_stand_for"),
            *_here("bundle/test_store", "test_a_changed_file_is_refused"),
        ),
    ),
    22: Fault(
        "endless loop, 16 TB, too slow",
        (
            *_here("faults/test_models", "test_panic_is_heard_while_a_model_is_stuck"),
            *_here(
                "generators/test_graph",
                "test_an_endless_loop_is_ended_and_the_next_run_works",
                "test_sixteen_terabytes_are_refused_at_once",
            ),
        ),
    ),
    23: Fault(
        "a pickle as a checkpoint",
        (
            *_here("training/test_pickles", "test_a_pickle_given_as_a_checkpoint_is_never_run"),
            *_here("bundle/test_hostile", "test_tables_that_are_pickles_run_nothing"),
        ),
    ),
    24: Fault(
        "sound font broken, synth killed",
        _here(
            "faults/test_sound",
            "test_a_synth_that_dies_is_replaced",
            "test_a_font_that_is_none_is_said_and_another_one_plays",
        ),
        "no other synth takes over: where FluidSynth's library is missing there is no sound, and that is said",
    ),
    25: Fault(
        "session files broken, kill and full disk while saving, two at once",
        (
            *_here("faults/test_outside", "test_two_at_once_have_ports_of_their_own"),
            *_here(
                "test_files",
                "test_a_kill_at_any_moment_leaves_a_whole_file",
                "test_a_full_disk_leaves_the_old_file",
                "test_a_broken_file_is_kept_aside_and_the_last_good_one_takes_its_place",
            ),
            *_here("fuzz/test_bytes", "test_session_files"),
        ),
    ),
}
