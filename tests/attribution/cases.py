"""The ways in which layers are written, and whose each op of theirs is.

Every inner layer of a case runs ops that no other one runs, so that a name tells the owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Owner = str | tuple[str, ...]
PHASES = ("forward", "backward", "training")


@dataclass(frozen=True, eq=False)
class Case:
    """One layer and the owners of what it runs.

    ``ops``: elementwise functions by name ("sin" is the op ``aten::sin`` and the node ``SinBackward0``).
    ``forward`` and ``backward``: other ops and autograd nodes by their whole names. An owner is the path of
    a layer; of several, the n-th is the owner of the n-th call in a step (and of the n-th last gradient).
    ``parameters``: who accumulates a parameter's gradient, if not the module that holds it.
    ``moves`` says that ops run in another phase than their own: forward again in the backward pass,
    or the reverse.
    """

    name: str
    layer: str
    ops: Mapping[str, Owner] = field(default_factory=dict)
    forward: Mapping[str, Owner] = field(default_factory=dict)
    backward: Mapping[str, Owner] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    moves: bool = False
    mode: str = "train"
    optimizer: str = "AdamW"
    phases: tuple[str, ...] = PHASES

    @property
    def forward_owners(self) -> dict[str, Owner]:
        """The owner of each op, by its whole name."""
        return {f"aten::{name}": owner for name, owner in self._functions.items()} | dict(self.forward)

    @property
    def backward_owners(self) -> dict[str, Owner]:
        """The owner of each autograd node, by its name."""
        own = {_node(name): _reversed(owner) for name, owner in self._functions.items()}
        return own | dict(self.backward)

    @property
    def _functions(self) -> dict[str, Owner]:
        # The layer that stands before each case's.
        return {"lerp": "start", **self.ops}


def _node(function: str) -> str:
    return f"{function.capitalize()}Backward0"


def _reversed(owner: Owner) -> Owner:
    return owner if isinstance(owner, str) else owner[::-1]


CASES = (
    Case(
        "nested modules",
        "plain.py:Nested()",
        ops={"atan": "m", "asinh": "m", "sin": "m.block.0", "tanh": "m.block.1.0", "exp": "m.block.1.1"},
        forward={"aten::addmm": "m.linear", "aten::mul": "m.block.1.1"},
        backward={"AddmmBackward0": "m.linear", "MulBackward0": "m.block.1.1"},
    ),
    Case(
        "a shared module called three times",
        "plain.py:Shared()",
        ops={
            "sin": ("m.first.inner", "m.first.inner", "m.second.inner"),
            "cosh": ("m.first", "m.first", "m.second"),
            "tanh": "m",
            "exp": "m.scale",
        },
    ),
    Case(
        "recursion",
        "plain.py:Recursive()",
        ops={"sin": "m.inner", "tanh": "m", "exp": "m.scale"},
        backward={"MulBackward0": "m.scale"},
    ),
    Case(
        "the functional interface",
        "plain.py:Functional()",
        ops={"softplus": "m", "sin": "m.after"},
        forward={"aten::addmm": "m", "aten::layer_norm": "m"},
        backward={"AddmmBackward0": "m", "NativeLayerNormBackward0": "m"},
        parameters={
            "m.linear.weight": "m",
            "m.linear.bias": "m",
            "m.norm.weight": "m",
            "m.norm.bias": "m",
        },
    ),
    Case(
        "a module list and a module dict",
        "plain.py:InLists()",
        ops={"sin": "m.several.0", "tanh": "m.named.left"},
        forward={"aten::addmm": "m.several.1", "aten::add": "m"},
        backward={"AddmmBackward0": "m.several.1", "AddBackward0": "m"},
    ),
    Case(
        "an inner layer's forward() called directly",
        "plain.py:DirectForward()",
        ops={"sin": "m"},
        forward={"aten::addmm": "m.linear"},
        backward={"AddmmBackward0": "m.linear"},
    ),
    Case(
        "a lambda",
        "plain.py:Lambda()",
        ops={"sin": "m", "tanh": "m"},
        backward={"AddmmBackward0": "m.linear"},
    ),
    Case(
        "no_grad, autocast and detach inside",
        "plain.py:GradModes()",
        forward={"aten::sin": "m.frozen", "aten::tanh": "m.detached", "aten::linear": "m.lower"},
        backward={"AddmmBackward0": "m.lower", "MulBackward0": "m"},
    ),
    Case(
        "tied weights",
        "plain.py:Tied()",
        ops={"sin": "m.middle"},
        forward={"aten::embedding": "m.embedding", "aten::linear": "m.head"},
        backward={"EmbeddingBackward0": "m.embedding", "MmBackward0": "m.head"},
    ),
    Case(
        "sparse gradients",
        "plain.py:SparseEmbedding()",
        ops={"sin": "m.after"},
        forward={"aten::embedding": "m.embedding"},
        backward={"EmbeddingBackward0": "m.embedding"},
        optimizer="SGD",
    ),
    Case(
        "multi-head attention",
        "torchs_own.py:Attention()",
        ops={"sin": "m.before", "tanh": "m.after"},
        forward={"aten::linear": "m.attention", "aten::scaled_dot_product_attention": "m.attention"},
        backward={"AddmmBackward0": "m.attention"},
        parameters={f"m.attention.out_proj.{name}": "m.attention" for name in ("weight", "bias")},
    ),
    Case(
        "multi-head attention's fast path",
        "torchs_own.py:Attention()",
        ops={"sin": "m.before", "tanh": "m.after"},
        forward={"aten::_native_multi_head_attention": "m.attention"},
        mode="eval",
        phases=("forward",),
    ),
    *(
        Case(
            f"{kind} of two layers",
            f'torchs_own.py:Recurrent("{kind}")',
            forward={"aten::sin": "m.before", f"aten::{op}": "m.recurrent"},
            backward={"SinBackward0": "m.before"},
        )
        for kind, op in (("LSTM", "lstm"), ("GRU", "gru"), ("RNN", "rnn_tanh"))
    ),
    Case(
        "a transformer's encoder",
        "torchs_own.py:Encoder()",
        ops={"sin": "m.before", "tanh": "m.after"},
        forward={
            "aten::relu": ("m.encoder.layers.0", "m.encoder.layers.1"),
            "aten::layer_norm": tuple(
                f"m.encoder.layers.{layer}.norm{norm}" for layer in (0, 1) for norm in (1, 2)
            ),
        },
        backward={"ReluBackward0": ("m.encoder.layers.1", "m.encoder.layers.0")},
        parameters={
            f"m.encoder.layers.{layer}.self_attn.out_proj.{name}": f"m.encoder.layers.{layer}.self_attn"
            for layer in (0, 1)
            for name in ("weight", "bias")
        },
    ),
    Case(
        "a transformer's encoder on the fast path",
        "torchs_own.py:Encoder()",
        ops={"sin": "m.before", "tanh": "m.after"},
        forward={
            "aten::_transformer_encoder_layer_fwd": ("m.encoder.layers.0", "m.encoder.layers.1"),
        },
        mode="eval",
        phases=("forward",),
    ),
    Case(
        "parametrizations",
        "torchs_own.py:Parametrized()",
        forward={
            "aten::_weight_norm": "m.normed.parametrizations.weight.0",
            "aten::mv": "m.spectral.parametrizations.weight.0",
            "aten::sin": "m.custom.parametrizations.weight.0",
            "aten::addmm": "m.normed",
            "aten::conv1d": "m.spectral",
            "aten::bilinear": "m.custom",
        },
        backward={
            "WeightNormInterfaceBackward0": "m.normed.parametrizations.weight.0",
            "SinBackward0": "m.custom.parametrizations.weight.0",
            "ConvolutionBackward0": "m.spectral",
            "AddmmBackward0": "m.normed",
        },
        parameters={
            "m.normed.parametrizations.weight.original0": "m.normed.parametrizations.weight.0",
            "m.normed.parametrizations.weight.original1": "m.normed.parametrizations.weight.0",
            "m.spectral.parametrizations.weight.original": "m.spectral.parametrizations.weight.0",
            "m.custom.parametrizations.weight.original": "m.custom.parametrizations.weight.0",
        },
    ),
    Case(
        "a scripted module",
        "torchs_own.py:Scripted()",
        ops={"tanh": "m.before"},
        forward={"aten::linear": "m.scripted", "aten::elu": "m.scripted"},
        backward={"EluBackward0": "m.scripted"},
        parameters={f"m.scripted.0.{name}": "m.scripted" for name in ("weight", "bias")},
    ),
    *(
        Case(
            f"checkpointing, use_reentrant={reentrant}{', nested' if nested else ''}",
            f"autograd.py:Checkpointed({reentrant}, {nested})",
            ops={
                "tanh": "m.after",
                "sin": "m.inner.0",
                "exp": "m.inner.1",
                # Without reentry the function runs again inside whichever node first asks for its values.
                **({"asinh": "m"} if nested and reentrant else {}),
            },
            forward={"aten::addmm": "m.before"},
            backward={"AddmmBackward0": "m.before", "MulBackward0": "m.inner.1"},
            moves=True,
        )
        for reentrant in (True, False)
        for nested in (False, True)
    ),
    Case(
        "a custom autograd function",
        "autograd.py:CustomFunction()",
        ops={"tanh": "m.before", "sin": "m.after"},
        forward={"Cubed": "m.cube", "aten::addmm": "m.linear"},
        backward={"CubedBackward": "m.cube", "AddmmBackward0": "m.linear"},
    ),
    Case(
        "gradient accumulation",
        "autograd.py:Accumulating()",
        ops={"sin": "m.inner", "tanh": "m", "exp": "m.scale"},
        forward={"aten::addmm": "m.linear"},
        backward={"AddmmBackward0": "m.linear", "MulBackward0": "m.scale"},
    ),
    Case(
        "a gradient penalty",
        "autograd.py:GradientPenalty()",
        ops={"sin": "m.inner.1", "tanh": "m.after"},
        forward={"aten::addmm": "m.inner.0"},
        backward={"AddmmBackward0": "m.inner.0", "CosBackward0": "m.inner.1"},
        moves=True,
    ),
    Case(
        "a retained graph",
        "autograd.py:RetainedGraph()",
        forward={"aten::sin": "m.inner", "aten::addmm": "m.linear"},
        backward={"SinBackward0": "m.inner", "AddmmBackward0": "m.linear"},
        moves=True,
    ),
    Case(
        "hooks that users installed",
        "autograd.py:Hooked()",
        # What a hook runs belongs to the node or the call that it is installed on.
        ops={"sin": "m.first.0", "tanh": "m.third", "atan": "m.first", "asinh": "m"},
        forward={"aten::addmm": "m.second"},
        backward={"AddmmBackward0": "m.second"},
    ),
    Case(
        "replicas on threads",
        "parallel.py:Replicated()",
        ops={"tanh": "m.before", "sin": "m.after", "atan": "m.inner.1"},
        forward={"aten::addmm": "m.inner.0"},
        backward={"AddmmBackward0": "m.inner.0"},
        # Gradients go to the originals by way of the copying, which the layer around them does.
        parameters={f"m.inner.0.{name}": "m" for name in ("weight", "bias")},
    ),
    Case(
        "layers on threads of their own",
        "parallel.py:Threaded()",
        ops={"sin": "m.other", "exp": "m.own", "cosh": "m"},
        backward={"MulBackward0": "m.own"},
    ),
)
