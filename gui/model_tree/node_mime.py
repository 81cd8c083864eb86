"""Nodes on the clipboard's and drag-and-drop's wire: as JSON for us, as text for everyone."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import msgspec
from PySide6.QtCore import QByteArray, QMimeData

from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import is_inside
from gui.model_tree.node_text import format_nodes
from gui.project.project import Project
from gui.project.selection import NodeAddress

NODES_MIME = "application/x-layerscope-nodes"


@dataclass(frozen=True, kw_only=True)
class NodeDrag:
    """Nodes being dragged, and where they come from.

    ``addresses`` are their places in the project that is ``project`` (an object's id) in process
    ``pid``; none for nodes from a palette.
    """

    nodes: tuple[ModelNode, ...]
    addresses: tuple[NodeAddress, ...] = ()
    project: int = 0
    pid: int = field(default_factory=os.getpid)

    def variants(self, project: Project) -> list[int]:
        """Return the variants being dragged, if these are variants of ``project``, not nodes."""
        if self.project != id(project) or any(address.position for address in self.addresses):
            return []
        return [address.variant for address in self.addresses]

    def is_over_itself(self, place: NodeAddress) -> bool:
        """True if ``place`` is one of the dragged nodes or inside one."""
        return any(
            address.position
            and address.variant == place.variant
            and is_inside(place.position, address.position)
            for address in self.addresses
        )


def encode_drag(drag: NodeDrag) -> QMimeData:
    """Return nodes as mime data, for this application and, as text, for others."""
    data = QMimeData()
    data.setData(NODES_MIME, QByteArray(msgspec.json.encode(drag)))
    data.setText(format_nodes(drag.nodes))
    return data


def decode_drag(data: QMimeData) -> NodeDrag | None:
    """Return the nodes in mime data, or None if there are none that can be read."""
    if not data.hasFormat(NODES_MIME):
        return None
    try:
        drag = msgspec.json.decode(data.data(NODES_MIME).data(), type=NodeDrag)
    except msgspec.MsgspecError:
        return None
    return drag if drag.pid == os.getpid() else NodeDrag(nodes=drag.nodes)
