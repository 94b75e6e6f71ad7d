"""Read a pair from containers block by block, whatever its length."""

from samefade.api.blocks.errors import NotInBlocks
from samefade.api.blocks.window import Blocks, in_blocks, read_blocks

__all__ = ["Blocks", "NotInBlocks", "in_blocks", "read_blocks"]
