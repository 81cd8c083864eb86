"""A model tree as the writer of Python source sees it: what each part takes and returns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.experiment.model_node import ModelNode
from engine.experiment.naming import Position
from engine.wire.layer_call import LayerCall, parse_layer

# Layers of torch.nn whose forward requires more than one tensor, with how many.
_REQUIRED = {
    **dict.fromkeys(
        ["AdaptiveLogSoftmaxWithLoss", "Bilinear", "CosineSimilarity", "PairwiseDistance", "Transformer"], 2
    ),
    **dict.fromkeys(["TransformerDecoder", "TransformerDecoderLayer"], 2),
    **dict.fromkeys(["MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d", "NLLLoss2d"], 2),
    **dict.fromkeys(["CosineEmbeddingLoss", "GaussianNLLLoss", "MarginRankingLoss", "MultiheadAttention"], 3),
    **dict.fromkeys(["TripletMarginLoss", "TripletMarginWithDistanceLoss"], 3),
    "CTCLoss": 4,
}
_RETURN_SEVERAL = {"MultiheadAttention", "RNN", "LSTM", "GRU", "LSTMCell", "AdaptiveLogSoftmaxWithLoss"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One enabled node. ``call`` is set for a layer; ``required`` counts the tensors it must be given.

    ``returns_several`` tells a layer that returns a tuple, of which the next layer gets the first
    tensor. Both describe one copy of a repeated node.
    """

    name: str
    node: ModelNode
    call: LayerCall | None
    parts: tuple[Part, ...]
    required: int
    returns_several: bool

    @property
    def is_repeated(self) -> bool:
        """Whether it stands for several copies."""
        return self.node.repeat > 1

    @property
    def is_one_to_one(self) -> bool:
        """Whether one copy takes one tensor and returns one."""
        return self.required == 1 and not self.returns_several


def parts_of(
    nodes: tuple[ModelNode, ...], returning_several: Collection[Position], parent: Position = ()
) -> tuple[Part, ...]:
    """Return the enabled ones of named nodes. ``returning_several`` holds positions of such layers.

    Raises `ProblemError` if a layer's text can't be parsed.
    """
    return tuple(
        _part(node, (*parent, index), returning_several) for index, node in enumerate(nodes) if node.enabled
    )


def _part(node: ModelNode, position: Position, returning_several: Collection[Position]) -> Part:
    parts = parts_of(node.children, returning_several, position)
    call = parse_layer(node.layer) if node.layer else None
    if call is None:
        several = node.container == "sequential" and bool(parts) and parts[-1].returns_several
    else:
        several = position in returning_several or _returns_several(call)
    return Part(
        name=node.name,
        node=node,
        call=call,
        parts=parts,
        required=_required(call) if call else 1,
        returns_several=several,
    )


def _required(call: LayerCall) -> int:
    if not _is_of_torch(call):
        return 1
    # A loss compares two tensors, unless it is one of those above.
    return _REQUIRED.get(call.type_name, 2 if call.type_name.endswith("Loss") else 1)


def _returns_several(call: LayerCall) -> bool:
    if not _is_of_torch(call):
        return False
    return call.type_name in _RETURN_SEVERAL or call.kwargs.get("return_indices") is True


def _is_of_torch(call: LayerCall) -> bool:
    return ":" not in call.target
