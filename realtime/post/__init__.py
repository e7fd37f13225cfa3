"""The post chain: what every part of the rack does to its notes on the way to the player, whatever its model."""

from realtime.post.chain import PostChain
from realtime.post.density import in_beats
from realtime.post.settings import POST_CONTROLS, PostSettings

__all__ = ["POST_CONTROLS", "PostChain", "PostSettings", "in_beats"]
