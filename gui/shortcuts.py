"""All that can be done by a key or a menu: one table, which the menus, the tooltips and the F1 list read."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

CONTEXT: Final = "shortcuts"
PARTS_BY_KEY: Final = 4
SLOTS: Final = 8
FILE, EDIT, MIDI, PARTS, VIEW, HELP = MENUS = ("&File", "&Edit", "&MIDI", "&Parts", "&View", "&Help")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One action: its id, its keys (empty: by menu only), where it stands, how it is called and what it does."""

    id: str
    keys: str
    menu: str
    text: str
    help: str
    is_checked: bool = False  # it is on or off
    begins_group: bool = False  # a line above it in the menu
    in_menu: bool = True
    also: str = ""  # other keys for the same: letters are piano keys while the computer keyboard plays

    @property
    def shown(self) -> str:
        """The name on screen."""
        return QCoreApplication.translate(CONTEXT, self.text)

    @property
    def explained(self) -> str:
        """What it does, on screen."""
        return QCoreApplication.translate(CONTEXT, self.help)

    @property
    def keys_shown(self) -> str:
        """The keys as this system writes them."""
        native = QKeySequence.SequenceFormat.NativeText
        return ", ".join(keys.toString(native) for keys in self.sequences)

    @property
    def sequences(self) -> list[QKeySequence]:
        """The keys as Qt takes them."""
        return [QKeySequence(keys) for keys in (self.keys, self.also) if keys]


def _row(id: str, keys: str, menu: str, text: str, help: str, flags: str = "", also: str = "") -> Shortcut:
    """`flags`: "c" on or off, "g" begins a group, "h" not in a menu."""
    return Shortcut(id, keys, menu, text, help, "c" in flags, "g" in flags, "h" not in flags, also)


def _numbered(id: str, keys: str, count: int, text: str, help: str, flags: str = "") -> tuple[Shortcut, ...]:
    numbers = map(str, range(1, count + 1))
    return tuple(
        _row(f"{id}_{n}", keys.format(n), PARTS, text.format(n), help.format(n), flags or "g" * (n == "1"))
        for n in numbers
    )


# fmt: off
SHORTCUTS: Final[tuple[Shortcut, ...]] = (
    _row("new", "Ctrl+N", FILE, "&New session", "Begin with four parts again"),
    _row("open", "Ctrl+O", FILE, "&Open session...", "Open a session file"),
    _row("save", "Ctrl+S", FILE, "&Save session", "Write the session to its file", "g"),
    _row("save_as", "Ctrl+Shift+S", FILE, "Save session &as...", "Write the session to another file"),
    _row("preferences", "Ctrl+,", FILE, "&Preferences...", "Ports, sound, look and folders", "g"),
    _row("train", "", FILE, "&Train a model...", "Train a model on a folder of MIDI files"),
    _row("quit", "Ctrl+Q", FILE, "&Quit", "Release all notes, keep the session and end", "g"),

    _row("undo", "Ctrl+Z", EDIT, "&Undo", "Take the last change back"),
    _row("redo", "Ctrl+Shift+Z", EDIT, "&Redo", "Do it again"),
    _row("learn", "Ctrl+L", EDIT, "&Learn a controller", "Map the next knob you move to the focused control", "g"),
    _row("maps", "", EDIT, "Controller &maps...", "Which controller moves which control"),

    _row("play", "Space", MIDI, "&Play or stop", "Start the transport, or stop it and release all notes"),
    _row("tap", "T", MIDI, "&Tap tempo", "Tap the beat; from the second tap on the tempo is yours", also="Ctrl+T"),
    _row("panic", "Esc", MIDI, "P&anic", "Release all notes; again within a second: a note-off for every key"),
    _row("capture", "Ctrl+Shift+C", MIDI, "&Capture", "Keep the last bars of all that was played as a take", "g"),
    _row("compare", "Ctrl+B", MIDI, "Compare takes A and &B", "Play take A; while it plays, take B"),
    _row("keys", "M", MIDI, "Play on the computer &keyboard", "A S D F ... are piano keys, Z X the octave", "c"),
    _row("connect", "", MIDI, "Connect a &DAW...", "The steps for this system, a list of ports and a test note", "g"),
    _row("monitor", "", MIDI, "MIDI &monitor", "All messages that come in and go out", "c"),

    _row("hand_over", "G", PARTS, "&Your turn", "Hand over: the model answers now", also="Ctrl+G"),
    _row("add_part", "", PARTS, "&Add a part...", "Another model for the rack"),
    _row("remove_part", "", PARTS, "&Remove the part", "Take the selected part out of the rack"),
    _row("save_preset", "", PARTS, "Keep as a &preset...", "Keep the controls of the selected part under a name", "g"),
    *_numbered("part", "{}", PARTS_BY_KEY, "Part &{} on or off", "Let part {} play, or stop it"),
    *_numbered("store", "Ctrl+{}", SLOTS, "Store snapshot {}", "Keep what the selected part plays in slot {}", "h"),
    *_numbered("recall", "Alt+{}", SLOTS, "Recall snapshot {}", "Go back to what slot {} of the part keeps", "h"),

    _row("follow", "F", VIEW, "&Follow the music", "Keep the place that plays in sight", "c", "Ctrl+F"),
    _row("takes", "", VIEW, "&Takes", "Show or hide the list of takes", "c"),
    _row("notes", "", VIEW, "&Notes as a table...", "What the piano roll shows, in words"),
    _row("full_screen", "F11", VIEW, "F&ull screen", "Use the whole screen, or the window again", "cg"),

    _row("shortcuts", "F1", HELP, "&Keyboard shortcuts", "This list"),
    _row("diagnostics", "", HELP, "&Copy diagnostics", "What this computer offers, as text for a bug report"),
    _row("about", "", HELP, "&About Hocket", "Version and licences", "g"),
)
# fmt: on
BY_ID: Final = {shortcut.id: shortcut for shortcut in SHORTCUTS}
