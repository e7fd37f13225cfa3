"""The models at play: one file each, one interface (`base.Generator`)."""
