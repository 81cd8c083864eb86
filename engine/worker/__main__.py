"""Entry point of a worker process: ``python engine/worker/__main__.py``, on any interpreter with torch.

It is started as a script, not with ``-m``, so that the app's folder is on ``sys.path`` only while
the engine is imported: the person's own ``tests`` or ``main`` must not be shadowed by ours.
"""

import faulthandler
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main() -> int:
    """Serve requests from stdin until it closes."""
    # A script's own folder is put first on sys.path; "catalog" or "shapes" there must not be importable.
    sys.path[0:1] = [ROOT]
    from engine.worker.stdio import claim_stdio

    requests, channel = claim_stdio()
    faulthandler.enable(all_threads=False)
    try:
        import torch  # noqa: F401

        from engine.worker import serve
    except Exception as error:
        channel.send("unusable", error=f"{type(error).__name__}: {error}", python=sys.executable)
        return 1
    sys.path.remove(ROOT)
    return serve.serve(requests, channel)


if __name__ == "__main__":
    sys.exit(main())
