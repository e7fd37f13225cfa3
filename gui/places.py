"""Where the window keeps what belongs to the user: the folders that each system means for it."""

from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Folders; each is made when something is first written to it."""

    config: Path  # settings
    state: Path  # autosaves and locks
    documents: Path  # sessions, takes and trained models: what the user looks for

    @classmethod
    def of_user(cls) -> "Places":
        """Of whoever runs this, by the rules of the system."""
        found = PlatformDirs("Hocket", appauthor=False)
        return cls(
            config=found.user_config_path, state=found.user_state_path, documents=found.user_documents_path / "Hocket"
        )

    @classmethod
    def under(cls, folder: Path) -> "Places":
        """All of them in one folder."""
        return cls(config=folder / "config", state=folder / "state", documents=folder / "documents")

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.toml"

    @property
    def takes(self) -> Path:
        """Takes, unless the settings name another folder."""
        return self.documents / "Takes"

    @property
    def sessions(self) -> Path:
        """Where the file dialog begins."""
        return self.documents / "Sessions"

    @property
    def models(self) -> Path:
        """Models trained or brought along by the user."""
        return self.documents / "Models"

    @property
    def presets(self) -> Path:
        """Presets of parts."""
        return self.documents / "Presets"
