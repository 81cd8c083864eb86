"""What each kind of loss means, in words: what is missing, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.unavailable import NO_LAUNCHES


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence about one thing and about many; ``{count}`` stands for the number."""

    one: str
    many: str


@dataclass(frozen=True, slots=True)
class LossSentences:
    """One kind of loss."""

    what: Counted
    why: str
    advice: str


def _uncounted(text: str) -> Counted:
    return Counted(text, text)


_NO_DEVICE = _uncounted("The profile holds no record of the device, so its times are not known.")
_ON_CPU = "Times shown are operators' self time on the CPU."

# By `engine.analysis.loss.LossKind`.
SENTENCES: dict[str, LossSentences] = {
    "no_kernels_on_apple": LossSentences(
        _uncounted("Kernel times are not known on Apple GPUs."),
        "torch records no kernels on Apple GPUs: layers and operators have their self time on the CPU, "
        "which is the time to launch them.",
        "Compare variants by step time, which is the device's.",
    ),
    "no_device_records": LossSentences(
        _NO_DEVICE,
        "The profiler did not watch the device, its library (CUPTI, roctracer) could not be loaded or "
        f"is denied, as containers and WSL may do, or another profiler holds it. {_ON_CPU}",
        "End other profilers, allow GPU performance counters to all users (in a container "
        "--cap-add=SYS_ADMIN), and record with ProfilerActivity.CUDA.",
    ),
    "profiling_denied": LossSentences(
        _NO_DEVICE,
        f"The driver denies profiling to this user. {_ON_CPU}",
        "Allow GPU performance counters to all users (NVreg_RestrictProfilingToAdminUsers=0), in a "
        "container --cap-add=SYS_ADMIN, then run again.",
    ),
    "other_profiler": LossSentences(
        _NO_DEVICE,
        f"Another profiler is attached (Nsight, a debugger, a monitor), and CUPTI serves one. {_ON_CPU}",
        "End the other profiler and run again.",
    ),
    "profiler_failed": LossSentences(
        _NO_DEVICE,
        f"The profiler reported an error of its own. {_ON_CPU}",
        "Look the error up in NVIDIA's list of CUPTI errors; a driver older than torch's CUDA is the "
        "usual reason.",
    ),
    "no_kernel_records": LossSentences(
        Counted("{count} launch left no kernel.", "{count} launches left no kernel, and no other did."),
        "The calls that launch kernels were recorded, the kernels were not: another profiler takes them, "
        f"or the system (WSL) has no device records. {_ON_CPU}",
        "End other profilers and run again; on WSL update the driver, or record on Linux.",
    ),
    "empty_device_records": LossSentences(
        Counted("{count} device record has no time.", "{count} device records have no time."),
        "The driver gave their start or end as 0, as WSL and overfull profilers do. They are in no sum.",
        "Update the driver, or record on Linux.",
    ),
    "leading_kernels": LossSentences(
        Counted("The first {count} launch left no kernel.", "The first {count} launches left no kernel."),
        "After the device was idle, the profiler may lose the first records of a session.",
        "Profile more steps in a window, or run again.",
    ),
    "trailing_kernels": LossSentences(
        Counted("The last {count} launch left no kernel.", "The last {count} launches left no kernel."),
        "The profile ended before these kernels did, or was cut off.",
        "Synchronize the device before the profiler stops.",
    ),
    "scattered_kernels": LossSentences(
        Counted("{count} launch left no kernel.", "{count} launches left no kernel."),
        "The profiler dropped records in the midst of the profile, or somebody took them out.",
        "Profile fewer steps in a window.",
    ),
    "buffers_full": LossSentences(
        _uncounted("The profiler stopped recording the device before the window's end."),
        "Its buffers for device records were full.",
        "Profile fewer steps in a window, or raise ACTIVITIES_MAX_GPU_BUFFER_SIZE_MB.",
    ),
    "launched_before": LossSentences(
        Counted(
            "{count} kernel was launched before the profile began.",
            "{count} kernels were launched before the profile began.",
        ),
        "They were still queued, or the profile was cut at its start: they are in the sums, but belong "
        "to no operator, layer or step.",
        "Synchronize the device before the profiler starts.",
    ),
    "launch_unknown": LossSentences(
        Counted(
            "{count} kernel has no launch in the profile.", "{count} kernels have no launch in the profile."
        ),
        "The thread that launched them was not recorded, or its records were lost: they are in the sums, "
        "but belong to no operator or layer.",
        "Start the profiler on the thread that runs the steps, and keep all of the file.",
    ),
    "no_runtime_records": LossSentences(
        _uncounted("Whether kernels are missing is not known."),
        NO_LAUNCHES,
        "Record the CPU's activity together with the device's.",
    ),
    "threads_missing": LossSentences(
        Counted("{count} thread is missing.", "{count} threads are missing."),
        "Backward operators name the thread of their forward operators, and nothing of that thread is "
        "in the profile.",
        "Start the profiler on the thread that runs the steps, and keep all of the file.",
    ),
    "steps_missing": LossSentences(
        Counted("{count} step of the window is missing.", "{count} steps of the window are missing."),
        "Their ranges are not in the profile, or have no end: it stopped before they did.",
        "Run again; the time per step divides by the steps that were asked for.",
    ),
    "records_dropped": LossSentences(
        Counted("{count} record was dropped.", "{count} records were dropped."),
        "The profiler or its reader could not keep them.",
        "Profile fewer steps in a window.",
    ),
    "out_of_range": LossSentences(
        Counted(
            "{count} record lies outside of the window's time.",
            "{count} records lie outside of the window's time.",
        ),
        "The clock of the events and that of the steps don't agree.",
        "Times of events are right in themselves; don't compare them with the steps'.",
    ),
    "file_damaged": LossSentences(
        _uncounted("The file is not whole: what is missing is not known."),
        "It was cut off or damaged while it was written or copied.",
        "Copy or record it again.",
    ),
}
