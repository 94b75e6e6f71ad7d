"""Group keys over a gateway: drawn by the network, wrapped for each member under its own refreshed secret."""

from samefade.lpwan.group.member import GroupMember
from samefade.lpwan.group.network import Group
from samefade.lpwan.group.wrapping import GroupKey

__all__ = ["Group", "GroupKey", "GroupMember"]
