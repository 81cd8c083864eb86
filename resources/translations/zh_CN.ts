<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name></name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>What</source>
        <translation>什么</translation>
    </message>
    <message>
        <source>What the variant does with this part, seen from the baseline</source>
        <translation>从基准看,变体如何处理这一部分</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Per step; + makes the variant slower</source>
        <translation>每步;+ 使变体更慢</translation>
    </message>
    <message>
        <source>Of all</source>
        <translation>占总体</translation>
    </message>
    <message>
        <source>Share of the measured difference; − works against it</source>
        <translation>占所测差异的份额;− 为反向</translation>
    </message>
    <message>
        <source>Calls, baseline</source>
        <translation>调用次数,基准</translation>
    </message>
    <message>
        <source>Calls, variant</source>
        <translation>调用次数,变体</translation>
    </message>
    <message>
        <source>Known how</source>
        <translation>如何得知</translation>
    </message>
    <message>
        <source>Measured in profile windows, estimated, or derived from other numbers</source>
        <translation>在剖析窗口中测得、估计,或由其他数字推得</translation>
    </message>
    <message>
        <source>(no name)</source>
        <translation>（无名称）</translation>
    </message>
    <message>
        <source>Not in this variant</source>
        <translation>该变体中没有</translation>
    </message>
    <message>
        <source>How often per step</source>
        <translation>每步次数</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Share of the variant&apos;s total time</source>
        <translation>占该变体总时间的比例</translation>
    </message>
    <message>
        <source>Per step</source>
        <translation>每步</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>In all profiled steps</source>
        <translation>所有剖析步中</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>最小</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总计</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Per step, the layers inside included</source>
        <translation>每步，含内部各层</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Qualified name</source>
        <translation>限定名</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前向</translation>
    </message>
    <message>
        <source>Backward</source>
        <translation>反向</translation>
    </message>
    <message>
        <source>Own</source>
        <translation>自身</translation>
    </message>
    <message>
        <source>Per step, without the layers inside</source>
        <translation>每步，不含内部各层</translation>
    </message>
    <message>
        <source>Own time&apos;s share of the whole step</source>
        <translation>自身时间占整步的比例</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>调用</translation>
    </message>
    <message>
        <source>Runtime calls that start kernels: the layer&apos;s own, per step</source>
        <translation>启动内核的运行时调用：该层自身，每步</translation>
    </message>
    <message>
        <source>The host&apos;s time in these calls, per step</source>
        <translation>主机在这些调用中的时间，每步</translation>
    </message>
    <message>
        <source>How long its stream stood idle before a kernel, copy or fill of the layer, on average</source>
        <translation>该层的内核、拷贝或填充开始之前，其流平均空闲多久</translation>
    </message>
    <message>
        <source>Launches</source>
        <translation>启动数</translation>
    </message>
    <message>
        <source>Launching</source>
        <translation>启动耗时</translation>
    </message>
    <message>
        <source>Mean gap</source>
        <translation>平均间隙</translation>
    </message>
    <message>
        <source>Host: {0}</source>
        <translation>主机：{0}</translation>
    </message>
    <message>
        <source>The device waits for the host in all: {0}. If that is much, the step is bound by launches: fuse operators, use torch.compile or CUDA graphs, or a larger batch.</source>
        <translation>设备等待主机的总时间：{0}。如果占比很大，则该步受限于内核启动：请融合算子、使用 torch.compile 或 CUDA Graphs，或增大批大小。</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>Copies</source>
        <translation>拷贝</translation>
    </message>
    <message>
        <source>Fills</source>
        <translation>填充</translation>
    </message>
    <message>
        <source>Between kernels</source>
        <translation>内核之间</translation>
    </message>
    <message>
        <source>operators</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>runtime calls</source>
        <translation>运行时调用</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>profiler</source>
        <translation>剖析器</translation>
    </message>
    <message>
        <source>Python and other</source>
        <translation>Python 及其他</translation>
    </message>
    <message>
        <source>Idle, cause unknown</source>
        <translation>空闲，原因不明</translation>
    </message>
    <message>
        <source>At least one kernel runs, on whatever stream. The Kernels page says which ones.</source>
        <translation>至少有一个内核在运行，不论在哪个流上。具体是哪些，见“内核”页。</translation>
    </message>
    <message>
        <source>A copy runs and no kernel does. Copies from pinned memory can run beside kernels: pin_memory=True, non_blocking=True.</source>
        <translation>正在拷贝，没有内核运行。从锁页内存的拷贝可与内核并行：pin_memory=True, non_blocking=True。</translation>
    </message>
    <message>
        <source>Memory is filled and nothing else runs.</source>
        <translation>正在填充内存，没有其他任务运行。</translation>
    </message>
    <message>
        <source>The device is idle although work was queued: its own time to start a kernel, or a stream that waits for another. Fewer, larger kernels help, and so do CUDA graphs.</source>
        <translation>队列中有任务，设备却空闲：这是设备自身启动内核所需的时间，或一个流在等待另一个流。减少内核数量、增大单个内核会有帮助，CUDA Graphs 也有帮助。</translation>
    </message>
    <message>
        <source>The device is idle, and the profile lacks the launch of what ran next.</source>
        <translation>设备空闲，且剖析数据中缺少随后所运行任务的启动记录。</translation>
    </message>
    <message>
        <source>Nothing is queued: the host is in an operator that has yet to launch its kernel.</source>
        <translation>队列为空：主机正在执行算子，尚未启动其内核。</translation>
    </message>
    <message>
        <source>Nothing is queued: the host is in a runtime call, most of all the launch itself.</source>
        <translation>队列为空：主机正在执行运行时调用，主要是启动本身。</translation>
    </message>
    <message>
        <source>Nothing is queued: the host waits for a device that is done, in a synchronization or a copy that blocks, as .item() does. Without it the next launches could have come earlier.</source>
        <translation>队列为空：设备已完成，主机仍在同步或阻塞式拷贝（如 .item()）中等待。没有这种等待，后续启动本可更早。</translation>
    </message>
    <message>
        <source>Nothing is queued: the profiler or the driver does work of its own.</source>
        <translation>队列为空：剖析器或驱动正在处理自身的工作。</translation>
    </message>
    <message>
        <source>Nothing is queued: the host is in Python, loads data, or does what nobody recorded. The profiler makes this longer than it is without.</source>
        <translation>队列为空：主机正在执行 Python、加载数据或做未被记录的事情。剖析器会使这段时间比平时更长。</translation>
    </message>
    <message>
        <source>At least one operator runs, on whatever thread.</source>
        <translation>至少有一个算子在运行，不论在哪个线程上。</translation>
    </message>
    <message>
        <source>No operator runs: Python between operators, the hooks that name the layers, the profiler. Larger inputs or torch.compile make it matter less.</source>
        <translation>没有算子运行：算子之间的 Python、用于标记各层的钩子，或剖析器。增大输入或使用 torch.compile 可降低其影响。</translation>
    </message>
    <message>
        <source>The profiler does work of its own.</source>
        <translation>剖析器正在处理自身的工作。</translation>
    </message>
    <message>
        <source>The host waits for a device of which the profile shows nothing.</source>
        <translation>主机在等待设备，而剖析数据中没有该设备的任何内容。</translation>
    </message>
    <message>
        <source>The host calls the runtime of a device of which the profile shows nothing.</source>
        <translation>主机在调用设备的运行时，而剖析数据中没有该设备的任何内容。</translation>
    </message>
    <message>
        <source>Per step, launched by the layer itself; operators on a CPU</source>
        <translation>每步由该层自身启动；CPU 上为算子</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Behaviour</source>
        <translation>行为</translation>
    </message>
    <message>
        <source>Gradients</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>通过</translation>
    </message>
    <message>
        <source>Unavailable</source>
        <translation>不可用</translation>
    </message>
    <message>
        <source>Not made yet</source>
        <translation>尚未进行</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Failed: error</source>
        <translation>未通过:错误</translation>
    </message>
    <message>
        <source>Failed: warning</source>
        <translation>未通过:警告</translation>
    </message>
    <message>
        <source>Advice</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>Advice from the last run</source>
        <translation>上次运行的建议</translation>
    </message>
    <message>
        <source>nothing worth a change</source>
        <translation>没有值得改动之处</translation>
    </message>
    <message>
        <source>1 finding</source>
        <translation>1 处发现</translation>
    </message>
    <message>
        <source>{0} findings</source>
        <translation>{0} 处发现</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>未发现</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Building…</source>
        <translation>正在构建…</translation>
    </message>
    <message>
        <source>Can&apos;t be checked</source>
        <translation>无法检查</translation>
    </message>
    <message>
        <source>{0} failed</source>
        <translation>{0} 项未通过</translation>
    </message>
    <message>
        <source>{0} advice</source>
        <translation>{0} 条建议</translation>
    </message>
    <message>
        <source>{0} passed</source>
        <translation>{0} 项通过</translation>
    </message>
    <message>
        <source>{0} unavailable</source>
        <translation>{0} 项不可用</translation>
    </message>
    <message>
        <source>The layers inside included</source>
        <translation>含内部各层</translation>
    </message>
    <message>
        <source>baseline</source>
        <translation>基准</translation>
    </message>
    <message>
        <source>x + f(x)</source>
        <translation>x + f(x)</translation>
    </message>
    <message>
        <source>sum of branches</source>
        <translation>各分支求和</translation>
    </message>
    <message>
        <source>branches joined in dim {}</source>
        <translation>各分支在维度 {} 上拼接</translation>
    </message>
    <message>
        <source>in sequence</source>
        <translation>依次执行</translation>
    </message>
    <message>
        <source>Check failed: {}</source>
        <translation>检查未通过:{}</translation>
    </message>
    <message>
        <source>Name: {}</source>
        <translation>名称：{}</translation>
    </message>
    <message>
        <source>Output: {}</source>
        <translation>输出：{}</translation>
    </message>
    <message>
        <source>Parameters: {}</source>
        <translation>参数：{}</translation>
    </message>
    <message>
        <source>Last run, per step: {} forward, {} backward</source>
        <translation>上次运行，每步：前向 {}，反向 {}</translation>
    </message>
    <message>
        <source>{} of the step, {} kernels</source>
        <translation>占整步 {}，{} 个内核</translation>
    </message>
    <message>
        <source>Add variant</source>
        <translation>添加变体</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>复制一份</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Enable or disable</source>
        <translation>启用或停用</translation>
    </message>
    <message>
        <source>Repeat…</source>
        <translation>重复…</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>剪切</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Unwrap</source>
        <translation>解除包裹</translation>
    </message>
    <message>
        <source>Wrap in</source>
        <translation>包裹进</translation>
    </message>
    <message>
        <source>is being read…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Add a Python file…</source>
        <translation>添加 Python 文件…</translation>
    </message>
    <message>
        <source>with layers of yours</source>
        <translation>其中有您自己的层</translation>
    </message>
    <message>
        <source>Your layers</source>
        <translation>您的层</translation>
    </message>
    <message>
        <source>Containers</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>找到的层</translation>
    </message>
    <message>
        <source>layers one after the other</source>
        <translation>各层依次执行</translation>
    </message>
    <message>
        <source>branches, summed or joined</source>
        <translation>各分支求和或拼接</translation>
    </message>
    <message>
        <source>{0} devices do not report it</source>
        <translation>{0} 设备不提供此数据</translation>
    </message>
    <message>
        <source>AMD GPUs are not read yet</source>
        <translation>暂不支持读取 AMD GPU</translation>
    </message>
    <message>
        <source>install nvidia-ml-py to see it</source>
        <translation>安装 nvidia-ml-py 后可见</translation>
    </message>
    <message>
        <source>the NVIDIA driver does not tell</source>
        <translation>NVIDIA 驱动未提供</translation>
    </message>
    <message>
        <source>{0} will appear here. Press F5 to run.</source>
        <translation>{0}将显示在这里。按 F5 运行。</translation>
    </message>
    <message>
        <source>Unavailable: the profiling budget is 0 %. Raise it in the plan and run again.</source>
        <translation>不可用：剖析预算为 0 %。请在计划中调高后重新运行。</translation>
    </message>
    <message>
        <source>{0} will appear with the first profile window.</source>
        <translation>{0}将在第一个剖析窗口后显示。</translation>
    </message>
    <message>
        <source>Unavailable: the run ended before its first profile window.</source>
        <translation>不可用：运行在第一个剖析窗口之前就结束了。</translation>
    </message>
    <message>
        <source>Complete: {0} events, none dropped</source>
        <translation>完整：{0} 个事件，无一丢失</translation>
    </message>
    <message>
        <source>Complete: {0} of {1} launches left their kernels, {2} events</source>
        <translation>完整：{1} 次启动中有 {0} 次的内核被记录，共 {2} 个事件</translation>
    </message>
    <message>
        <source>Sums are at least what is shown.</source>
        <translation>所示合计均为下限。</translation>
    </message>
    <message>
        <source>Times are the CPU&apos;s.</source>
        <translation>时间为 CPU 时间。</translation>
    </message>
    <message>
        <source>And {0} more.</source>
        <translation>另有 {0} 项。</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>网格</translation>
    </message>
    <message>
        <source>Blocks, x × y × z</source>
        <translation>线程块数，x × y × z</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>线程块</translation>
    </message>
    <message>
        <source>Threads, x × y × z</source>
        <translation>线程数，x × y × z</translation>
    </message>
    <message>
        <source>Registers</source>
        <translation>寄存器</translation>
    </message>
    <message>
        <source>Shared memory</source>
        <translation>共享内存</translation>
    </message>
    <message>
        <source>Occupancy</source>
        <translation>占用率</translation>
    </message>
    <message>
        <source>As torch estimates it; mean over the launches, weighted by their time</source>
        <translation>torch 的估计值；各次启动按时间加权的均值</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>Moved in all profiled steps</source>
        <translation>所有剖析步中搬运的字节</translation>
    </message>
    <message>
        <source>Bandwidth</source>
        <translation>带宽</translation>
    </message>
    <message>
        <source>{0} moved at {1}</source>
        <translation>搬运 {0}，速率 {1}</translation>
    </message>
    <message>
        <source>grid {0}</source>
        <translation>网格 {0}</translation>
    </message>
    <message>
        <source>block {0}</source>
        <translation>线程块 {0}</translation>
    </message>
    <message>
        <source>registers {0}</source>
        <translation>寄存器 {0}</translation>
    </message>
    <message>
        <source>shared memory {0}</source>
        <translation>共享内存 {0}</translation>
    </message>
    <message>
        <source>blocks per SM {0}</source>
        <translation>每 SM 线程块 {0}</translation>
    </message>
    <message>
        <source>occupancy {0}</source>
        <translation>占用率 {0}</translation>
    </message>
    <message>
        <source>(most frequent of {0} configurations)</source>
        <translation>（{0} 种配置中最常见的）</translation>
    </message>
    <message>
        <source>mean {0}, max {1}, mean wait {2}</source>
        <translation>均值 {0}，最大 {1}，平均等待 {2}</translation>
    </message>
    <message>
        <source>Launch queue of {0}: {1}</source>
        <translation>{0} 的启动队列：{1}</translation>
    </message>
    <message>
        <source>Launch queue: {0}</source>
        <translation>启动队列：{0}</translation>
    </message>
    <message>
        <source>Kernels, copies and fills that were launched and had not begun. Near 0, the device waits for the CPU; long, the CPU keeps ahead of it. Numbers are of all windows, the chart is of the newest.</source>
        <translation>已启动但尚未开始的内核、拷贝和填充。接近 0 时设备在等待 CPU；较长时 CPU 领先于设备。数值来自所有窗口，图表来自最新窗口。</translation>
    </message>
    <message>
        <source>{0} of {1} could be paired with their launch.</source>
        <translation>{1} 个中有 {0} 个能与其启动配对。</translation>
    </message>
    <message>
        <source>Launch queue over time</source>
        <translation>启动队列随时间的变化</translation>
    </message>
    <message>
        <source>FLOPs</source>
        <translation>FLOPs</translation>
    </message>
    <message>
        <source>Floating-point operations per step, the layers inside included: by formula for matrix products, convolutions and attention, else estimated from the number of elements</source>
        <translation>每步的浮点运算数，含内部各层：矩阵乘法、卷积和注意力按公式计算，其余按元素个数估计</translation>
    </message>
    <message>
        <source>FLOP/s</source>
        <translation>FLOP/s</translation>
    </message>
    <message>
        <source>FLOPs per second of the layer&apos;s time, under the profiler</source>
        <translation>按该层在剖析器下的时间计，每秒的 FLOPs</translation>
    </message>
    <message>
        <source>What its operators read and write at least, per step</source>
        <translation>其算子每步至少读写的字节</translation>
    </message>
    <message>
        <source>Bytes/s</source>
        <translation>字节/秒</translation>
    </message>
    <message>
        <source>Bytes moved at least per second of the layer&apos;s time, under the profiler</source>
        <translation>按该层在剖析器下的时间计，每秒至少搬运的字节</translation>
    </message>
    <message>
        <source>Intensity</source>
        <translation>计算强度</translation>
    </message>
    <message>
        <source>FLOPs for each byte moved</source>
        <translation>每搬运一个字节的 FLOPs</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>The most it holds at one time in a step: parameters, gradients, activations</source>
        <translation>一步中同一时刻最多持有的内存：参数、梯度、激活值</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>中位数</translation>
    </message>
    <message>
        <source>95 % interval of the median</source>
        <translation>中位数的 95 % 区间</translation>
    </message>
    <message>
        <source>Middle half of the steps</source>
        <translation>居中的一半步</translation>
    </message>
    <message>
        <source>98 of 100 steps</source>
        <translation>100 步中的 98 步</translation>
    </message>
    <message>
        <source>Median absolute deviation</source>
        <translation>绝对中位差</translation>
    </message>
    <message>
        <source>At the peak</source>
        <translation>峰值时</translation>
    </message>
    <message>
        <source>What it holds, without the layers inside, when the variant holds most; sums to the peak</source>
        <translation>变体持有最多内存时它所持有的部分，不含内部各层；合计为峰值</translation>
    </message>
    <message>
        <source>Own peak</source>
        <translation>自身峰值</translation>
    </message>
    <message>
        <source>The most it holds at one time: parameters, their gradients and optimizer state, and what its operators allocated</source>
        <translation>同一时刻最多持有的内存：参数及其梯度和优化器状态，以及其算子分配的内存</translation>
    </message>
    <message>
        <source>With inner</source>
        <translation>含内部层</translation>
    </message>
    <message>
        <source>The most it holds at one time, the layers inside included</source>
        <translation>同一时刻最多持有的内存，含内部各层</translation>
    </message>
    <message>
        <source>All that its operators allocated in a step, freed again or not; loss and optimizer too</source>
        <translation>其算子在一步中分配的全部内存，不论是否已释放；也含损失和优化器</translation>
    </message>
    <message>
        <source>All that its operators allocated in the backward pass, freed again or not</source>
        <translation>其算子在反向传播中分配的全部内存，不论是否已释放</translation>
    </message>
    <message>
        <source>{0} smaller ones</source>
        <translation>{0} 个较小的块</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>The bar: its part of the peak</source>
        <translation>条形：占峰值的比例</translation>
    </message>
    <message>
        <source>Made in</source>
        <translation>产生阶段</translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>产生算子</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>buffers</source>
        <translation>缓冲区</translation>
    </message>
    <message>
        <source>inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>gradients</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>optimizer state</source>
        <translation>优化器状态</translation>
    </message>
    <message>
        <source>outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>激活值</translation>
    </message>
    <message>
        <source>temporaries</source>
        <translation>临时量</translation>
    </message>
    <message>
        <source>before the step</source>
        <translation>步开始前</translation>
    </message>
    <message>
        <source>forward</source>
        <translation>前向</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>backward</source>
        <translation>反向</translation>
    </message>
    <message>
        <source>optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>between phases</source>
        <translation>阶段之间</translation>
    </message>
    <message>
        <source>(model)</source>
        <translation>（模型）</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Step before</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Unattributed</source>
        <translation>未归属</translation>
    </message>
    <message>
        <source>cold cache</source>
        <translation>冷缓存</translation>
    </message>
    <message>
        <source>fresh inputs</source>
        <translation>每步新输入</translation>
    </message>
    <message>
        <source>gradients zeroed</source>
        <translation>梯度清零</translation>
    </message>
    <message>
        <source>gradients kept</source>
        <translation>梯度保留</translation>
    </message>
    <message>
        <source>Why it could not be made</source>
        <translation>为何无法进行</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>证据</translation>
    </message>
    <message>
        <source>Why it matters</source>
        <translation>为何重要</translation>
    </message>
    <message>
        <source>How to mend it</source>
        <translation>如何修复</translation>
    </message>
    <message>
        <source>Saves {0} a step</source>
        <translation>每步节省 {0}</translation>
    </message>
    <message>
        <source>At most {0} a step</source>
        <translation>每步最多 {0}</translation>
    </message>
    <message>
        <source>{0} a step</source>
        <translation>每步 {0}</translation>
    </message>
    <message>
        <source>{0} of it</source>
        <translation>其中 {0}</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>测得</translation>
    </message>
    <message>
        <source>estimated</source>
        <translation>估计</translation>
    </message>
    <message>
        <source>derived</source>
        <translation>推得</translation>
    </message>
    <message>
        <source>What it would save</source>
        <translation>能节省多少</translation>
    </message>
    <message>
        <source>How that is known: {0}</source>
        <translation>依据:{0}</translation>
    </message>
    <message>
        <source>What was seen</source>
        <translation>看到了什么</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>怎么做</translation>
    </message>
    <message>
        <source>The model could not be checked.</source>
        <translation>无法检查该模型。</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Why there is none</source>
        <translation>为何没有</translation>
    </message>
    <message>
        <source>What is worth changing, by the time that it saves. Savings overlap.</source>
        <translation>值得改动之处,按节省的时间排列。各项节省会重叠。</translation>
    </message>
    <message>
        <source>Nothing was found that would save {0} of a step or more.</source>
        <translation>未发现能节省一步的 {0} 或更多的改动。</translation>
    </message>
    <message>
        <source>What was looked at</source>
        <translation>查看了什么</translation>
    </message>
    <message>
        <source>Stopped before the first check.</source>
        <translation>在第一项检查之前已停止。</translation>
    </message>
    <message>
        <source>Stopped: {0} of {1} checks were made.</source>
        <translation>已停止:完成了 {1} 项检查中的 {0} 项。</translation>
    </message>
    <message>
        <source>Baseline</source>
        <translation>基准</translation>
    </message>
    <message>
        <source>What the others are compared with.</source>
        <translation>其他变体与之比较的对象。</translation>
    </message>
    <message>
        <source>file: {0}</source>
        <translation>文件:{0}</translation>
    </message>
    <message>
        <source>pinned: {0}</source>
        <translation>已固定:{0}</translation>
    </message>
    <message>
        <source>Make &amp;baseline</source>
        <translation>设为基准(&amp;B)</translation>
    </message>
    <message>
        <source>Compare with this variant from the next run on</source>
        <translation>从下次运行起与该变体比较</translation>
    </message>
    <message>
        <source>&amp;Weights…</source>
        <translation>权重(&amp;W)…</translation>
    </message>
    <message>
        <source>Say which of the baseline&apos;s tensors each of the variant&apos;s takes its values from</source>
        <translation>指定变体的每个张量取基准哪个张量的值</translation>
    </message>
    <message>
        <source>&amp;Tolerances…</source>
        <translation>容差(&amp;T)…</translation>
    </message>
    <message>
        <source>Say how close counts as equal, by dtype</source>
        <translation>按数据类型指定多接近算相等</translation>
    </message>
    <message>
        <source>&amp;Copy weights before comparing</source>
        <translation>比较前复制权重(&amp;C)</translation>
    </message>
    <message>
        <source>Give every variant the baseline&apos;s weights</source>
        <translation>给每个变体基准的权重</translation>
    </message>
    <message>
        <source>&amp;Pin this run</source>
        <translation>固定本次运行(&amp;P)</translation>
    </message>
    <message>
        <source>Compare later runs with this one</source>
        <translation>以后的运行与本次比较</translation>
    </message>
    <message>
        <source>&amp;Unpin the chosen run</source>
        <translation>取消固定所选运行(&amp;U)</translation>
    </message>
    <message>
        <source>Its recording stays</source>
        <translation>其记录会保留</translation>
    </message>
    <message>
        <source>Compare with &amp;file…</source>
        <translation>与文件比较(&amp;F)…</translation>
    </message>
    <message>
        <source>Compare with another recording or trace</source>
        <translation>与其他记录或跟踪比较</translation>
    </message>
    <message>
        <source>&amp;Duplicate the first variant</source>
        <translation>复制第一个变体(&amp;D)</translation>
    </message>
    <message>
        <source>A second one to change and to compare with</source>
        <translation>再来一个,用于修改和比较</translation>
    </message>
    <message>
        <source>Unavailable: outputs can be compared within one run alone.</source>
        <translation>不可用:只有同一次运行中的输出才能比较。</translation>
    </message>
    <message>
        <source>Unavailable: the run compared outputs with another baseline. Make this one the baseline and run again.</source>
        <translation>不可用:本次运行与另一个基准比较了输出。将此变体设为基准并再次运行。</translation>
    </message>
    <message>
        <source>Unavailable: this run did not compare outputs and gradients. It is a trace, an older recording, or has not come that far.</source>
        <translation>不可用:本次运行没有比较输出和梯度。它是跟踪、较旧的记录,或尚未进行到那一步。</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Step times</source>
        <translation>步时间</translation>
    </message>
    <message>
        <source>Same work</source>
        <translation>计算是否相同</translation>
    </message>
    <message>
        <source>{0} is gone.</source>
        <translation>{0} 不见了。</translation>
    </message>
    <message>
        <source>It was moved or deleted. Unpin it, or choose another baseline.</source>
        <translation>它已被移动或删除。取消固定,或选择其他基准。</translation>
    </message>
    <message>
        <source>{0} holds nothing to compare with.</source>
        <translation>{0} 中没有可比较的内容。</translation>
    </message>
    <message>
        <source>{0} could not be read ({1}: {2}).</source>
        <translation>无法读取 {0}({1}:{2})。</translation>
    </message>
    <message>
        <source>Variant over baseline, pair by pair</source>
        <translation>变体与基准之比,逐对</translation>
    </message>
    <message>
        <source>Unavailable: the two did not take turns in one run.</source>
        <translation>不可用:两者没有在同一次运行中轮流执行。</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95 % 区间</translation>
    </message>
    <message>
        <source>as fast</source>
        <translation>一样快</translation>
    </message>
    <message>
        <source>Sum = measured difference</source>
        <translation>合计 = 所测差异</translation>
    </message>
    <message>
        <source>added</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>faster</source>
        <translation>更快</translation>
    </message>
    <message>
        <source>slower</source>
        <translation>更慢</translation>
    </message>
    <message>
        <source>same</source>
        <translation>相同</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>launch</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>rest</source>
        <translation>其余</translation>
    </message>
    <message>
        <source>Without a partner in the variant: {0}</source>
        <translation>在变体中没有对应:{0}</translation>
    </message>
    <message>
        <source>Without a partner in the baseline: {0}</source>
        <translation>在基准中没有对应:{0}</translation>
    </message>
    <message>
        <source>No float64 reference: {0}</source>
        <translation>没有 float64 参考:{0}</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} 以及另外 {1} 个</translation>
    </message>
    <message>
        <source>Same work: not checked</source>
        <translation>计算是否相同:未检查</translation>
    </message>
    <message>
        <source>Outputs differ</source>
        <translation>输出不同</translation>
    </message>
    <message>
        <source>Gradients differ</source>
        <translation>梯度不同</translation>
    </message>
    <message>
        <source>Same output and gradients</source>
        <translation>输出和梯度相同</translation>
    </message>
    <message>
        <source>Same output</source>
        <translation>输出相同</translation>
    </message>
    <message>
        <source>{0}: up to {1}</source>
        <translation>{0}:最多 {1}</translation>
    </message>
    <message>
        <source>Not comparable: {0}</source>
        <translation>不可比较:{0}</translation>
    </message>
    <message>
        <source>Not comparable</source>
        <translation>不可比较</translation>
    </message>
    <message>
        <source>Unavailable: no bare steps of both were timed.</source>
        <translation>不可用:两者没有都测到裸步。</translation>
    </message>
    <message>
        <source>from {0} on</source>
        <translation>从 {0} 起</translation>
    </message>
    <message>
        <source>median</source>
        <translation>中位数</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>张量</translation>
    </message>
    <message>
        <source>Equal</source>
        <translation>相等</translation>
    </message>
    <message>
        <source>Abs error</source>
        <translation>绝对误差</translation>
    </message>
    <message>
        <source>The largest between the two</source>
        <translation>两者之间的最大值</translation>
    </message>
    <message>
        <source>Rel error</source>
        <translation>相对误差</translation>
    </message>
    <message>
        <source>The largest, of the baseline&apos;s value</source>
        <translation>最大值,相对于基准的值</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Of the angle between the two: 1 is the same direction</source>
        <translation>两者夹角的余弦:1 为同向</translation>
    </message>
    <message>
        <source>ULPs</source>
        <translation>ULP</translation>
    </message>
    <message>
        <source>Most units in the last place between the two</source>
        <translation>两者相差的最大末位单位数</translation>
    </message>
    <message>
        <source>Baseline&apos;s error</source>
        <translation>基准的误差</translation>
    </message>
    <message>
        <source>Largest, against the baseline in float64</source>
        <translation>最大值,相对于 float64 的基准</translation>
    </message>
    <message>
        <source>Variant&apos;s error</source>
        <translation>变体的误差</translation>
    </message>
    <message>
        <source>Largest, against the variant in float64</source>
        <translation>最大值,相对于 float64 的变体</translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation>容差</translation>
    </message>
    <message>
        <source>|a − b| ≤ absolute + relative × |b| counts as equal</source>
        <translation>|a − b| ≤ 绝对 + 相对 × |b| 视为相等</translation>
    </message>
    <message>
        <source>Dtype</source>
        <translation>数据类型</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Variant&apos;s tensor</source>
        <translation>变体的张量</translation>
    </message>
    <message>
        <source>Values of the baseline&apos;s</source>
        <translation>取值自基准的</translation>
    </message>
    <message>
        <source>Matched</source>
        <translation>已对应</translation>
    </message>
    <message>
        <source>? unknown</source>
        <translation>? 未知</translation>
    </message>
    <message>
        <source>✓ equal</source>
        <translation>✓ 相等</translation>
    </message>
    <message>
        <source>✗ differs</source>
        <translation>✗ 不同</translation>
    </message>
    <message>
        <source>by name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>by shape</source>
        <translation>按形状</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>指定</translation>
    </message>
    <message>
        <source>{0} + {1} × |b|</source>
        <translation>{0} + {1} × |b|</translation>
    </message>
    <message>
        <source>Medians of bare steps: those without the profiler</source>
        <translation>裸步(不带剖析器)的中位数</translation>
    </message>
    <message>
        <source>{0} against {1}</source>
        <translation>{0} 对 {1}</translation>
    </message>
    <message>
        <source>{0}; and {1} more</source>
        <translation>{0};另有 {1} 个</translation>
    </message>
    <message>
        <source>Unlike conditions: {0}</source>
        <translation>不同的条件:{0}</translation>
    </message>
    <message>
        <source>{0} {1} against {2}</source>
        <translation>{0} {1} 对 {2}</translation>
    </message>
    <message>
        <source>Not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>{0} slower</source>
        <translation>慢 {0}</translation>
    </message>
    <message>
        <source>{0} faster</source>
        <translation>快 {0}</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} 至 {1}</translation>
    </message>
    <message>
        <source>{0} → {1} a step ({2})</source>
        <translation>每步 {0} → {1}({2})</translation>
    </message>
    <message>
        <source>No difference found</source>
        <translation>未发现差异</translation>
    </message>
    <message>
        <source>{0}, not certain</source>
        <translation>{0},不确定</translation>
    </message>
    <message>
        <source>No interval: too few steps</source>
        <translation>没有区间:步数太少</translation>
    </message>
    <message>
        <source>95 % sure: {0}</source>
        <translation>95 % 置信:{0}</translation>
    </message>
    <message>
        <source>From the baseline&apos;s step to the variant&apos;s</source>
        <translation>从基准的一步到变体的一步</translation>
    </message>
    <message>
        <source>{0} smaller parts</source>
        <translation>{0} 个较小的部分</translation>
    </message>
    <message>
        <source>keep own values</source>
        <translation>保留自己的值</translation>
    </message>
    <message>
        <source>{0} (transposed)</source>
        <translation>{0}(转置)</translation>
    </message>
    <message>
        <source>Takes its values from</source>
        <translation>取值自</translation>
    </message>
    <message>
        <source>scalar</source>
        <translation>标量</translation>
    </message>
    <message>
        <source>automatic: no partner</source>
        <translation>自动:没有对应</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>automatic: {0} ({1})</source>
        <translation>自动:{0}({1})</translation>
    </message>
    <message>
        <source>The last run of this variant, under the same settings. Each run is a process of its own: where memory happens to lie moves its median by some percent. Small changes need two variants in one run.</source>
        <translation>该变体在相同设置下的上次运行。每次运行都是独立的进程:内存所在的位置会使中位数变动百分之几。要看小的变化,请在一次运行中放两个变体。</translation>
    </message>
    <message>
        <source>no clear change · last {0}</source>
        <translation>无明显变化 · 上次 {0}</translation>
    </message>
    <message>
        <source>last {0}</source>
        <translation>上次 {0}</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>The median bare step, and the 95 % interval of it</source>
        <translation>裸步的中位数及其 95 % 区间</translation>
    </message>
    <message>
        <source>Ratio</source>
        <translation>比值</translation>
    </message>
    <message>
        <source>Step time over the baseline&apos;s: above 1 is slower</source>
        <translation>步时间与基准之比:大于 1 为更慢</translation>
    </message>
    <message>
        <source>95 %</source>
        <translation>95 %</translation>
    </message>
    <message>
        <source>The 95 % interval of the ratio</source>
        <translation>比值的 95 % 区间</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>no difference</source>
        <translation>无差异</translation>
    </message>
    <message>
        <source>Batch: the first size of every input</source>
        <translation>批大小:每个输入的第一维</translation>
    </message>
    <message>
        <source>torch.compile</source>
        <translation>torch.compile</translation>
    </message>
    <message>
        <source>CPU threads</source>
        <translation>CPU 线程</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Size {0}, wherever it stands ({1} times)</source>
        <translation>尺寸 {0},所有出现之处({1} 处)</translation>
    </message>
    <message>
        <source>Input {0}, size {1} (now {2})</source>
        <translation>输入 {0},第 {1} 维(现为 {2})</translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Layerscope</source>
        <translation>关于 Layerscope</translation>
    </message>
    <message>
        <source>A live, honest GPU profiler for people who write PyTorch layers.</source>
        <translation>为编写 PyTorch 层的人准备的实时、诚实的 GPU 性能剖析器。</translation>
    </message>
    <message>
        <source>MIT licence. Icons: Lucide, ISC licence.</source>
        <translation>MIT 许可证。图标：Lucide，ISC 许可证。</translation>
    </message>
    <message>
        <source>Copy versions</source>
        <translation>复制版本信息</translation>
    </message>
</context>
<context>
    <name>ArgumentRow</name>
    <message>
        <source>Back to {}</source>
        <translation>恢复为 {}</translation>
    </message>
    <message>
        <source>Reset {}</source>
        <translation>重置 {}</translation>
    </message>
    <message>
        <source>Required</source>
        <translation>必填</translation>
    </message>
</context>
<context>
    <name>BaselineBar</name>
    <message>
        <source>Baseline</source>
        <translation>基准</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>More about comparing</source>
        <translation>更多比较选项</translation>
    </message>
</context>
<context>
    <name>BreakdownPanel</name>
    <message>
        <source>Step breakdown</source>
        <translation>步时间分解</translation>
    </message>
</context>
<context>
    <name>BreakdownRow</name>
    <message>
        <source>Wall time of the mean profiled step, which the parts sum to: from the step&apos;s start to its end, or to the end of its last kernel. The profiler slows steps; bare ones run without it.</source>
        <translation>平均剖析步的实际耗时，各部分之和等于它：从步开始到步结束，或到其最后一个内核结束。剖析器会使步变慢；裸步不带剖析器运行。</translation>
    </message>
    <message>
        <source>sum = profiled step {0}</source>
        <translation>合计 = 剖析步 {0}</translation>
    </message>
    <message>
        <source>{0} · bare {1}</source>
        <translation>{0} · 裸步 {1}</translation>
    </message>
    <message>
        <source>Step breakdown of {0}</source>
        <translation>{0} 的步时间分解</translation>
    </message>
    <message>
        <source>where the step&apos;s time goes</source>
        <translation>步时间的去向</translation>
    </message>
    <message>
        <source>where the device&apos;s time goes</source>
        <translation>设备时间的去向</translation>
    </message>
    <message>
        <source>where the time of device {0} goes, the busiest of {1}</source>
        <translation>设备 {0} 的时间去向（{1} 个设备中最忙）</translation>
    </message>
</context>
<context>
    <name>ChangedFiles</name>
    <message>
        <source>Run again (F5)</source>
        <translation>重新运行（F5）</translation>
    </message>
    <message>
        <source>Run (F5)</source>
        <translation>运行 (F5)</translation>
    </message>
    <message>
        <source>{0} changed.</source>
        <translation>{0} 已更改。</translation>
    </message>
    <message>
        <source>{0} is gone.</source>
        <translation>{0} 不见了。</translation>
    </message>
    <message>
        <source>Bring it back, or take its layers out of the model.</source>
        <translation>请恢复该文件，或从模型中移除它的层。</translation>
    </message>
</context>
<context>
    <name>Chart</name>
    <message>
        <source>Copy image</source>
        <translation>复制图像</translation>
    </message>
    <message>
        <source>Save image…</source>
        <translation>保存图像…</translation>
    </message>
    <message>
        <source>Save data…</source>
        <translation>保存数据…</translation>
    </message>
    <message>
        <source>PNG image (*.png);;SVG drawing (*.svg)</source>
        <translation>PNG 图像 (*.png);;SVG 图形 (*.svg)</translation>
    </message>
    <message>
        <source>Save image</source>
        <translation>保存图像</translation>
    </message>
    <message>
        <source>Save data</source>
        <translation>保存数据</translation>
    </message>
    <message>
        <source>CSV table (*.csv)</source>
        <translation>CSV 表格 (*.csv)</translation>
    </message>
</context>
<context>
    <name>ChartChoiceDialog</name>
    <message>
        <source>Export charts</source>
        <translation>导出图表</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>PNG, at twice the size</source>
        <translation>PNG，两倍尺寸</translation>
    </message>
    <message>
        <source>SVG, lines and text</source>
        <translation>SVG，矢量线条与文字</translation>
    </message>
    <message>
        <source>Format:</source>
        <translation>格式：</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Folder:</source>
        <translation>文件夹：</translation>
    </message>
    <message>
        <source>Folder for charts</source>
        <translation>图表保存位置</translation>
    </message>
</context>
<context>
    <name>CheatSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
</context>
<context>
    <name>CheckControl</name>
    <message>
        <source>Nothing was checked: the code is not trusted yet.</source>
        <translation>未作任何检查:代码尚未受信任。</translation>
    </message>
    <message>
        <source>A sweep is measuring, and checks would disturb its times: they begin when it ends.</source>
        <translation>扫描正在测量,检查会干扰计时:扫描结束后开始检查。</translation>
    </message>
    <message>
        <source>A run is measuring, and checks would disturb its times: they begin when it ends.</source>
        <translation>正在测量,检查会干扰计时:运行结束后开始检查。</translation>
    </message>
    <message>
        <source>Measuring began, and checks would disturb its times: they were stopped.</source>
        <translation>测量已开始,检查会干扰计时,因此已停止。</translation>
    </message>
    <message>
        <source>{0} changed since: check again.</source>
        <translation>{0} 此后已更改:请重新检查。</translation>
    </message>
    <message>
        <source>The model changed since: check again.</source>
        <translation>模型此后已更改:请重新检查。</translation>
    </message>
</context>
<context>
    <name>CheckDetail</name>
    <message>
        <source>The chosen check</source>
        <translation>所选检查</translation>
    </message>
</context>
<context>
    <name>CheckTreeModel</name>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
</context>
<context>
    <name>ChecksPage</name>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>All variants</source>
        <translation>所有变体</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Look for mistakes in the layers of every variant (F6)</source>
        <translation>查找每个变体各层中的错误(F6)</translation>
    </message>
    <message>
        <source>Variant to check</source>
        <translation>要检查的变体</translation>
    </message>
    <message>
        <source>Checks to show</source>
        <translation>显示哪些检查</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Show failed</source>
        <translation>显示未通过</translation>
    </message>
    <message>
        <source>Show unavailable</source>
        <translation>显示不可用</translation>
    </message>
    <message>
        <source>Progress of the checks</source>
        <translation>检查进度</translation>
    </message>
    <message>
        <source>Checks build each variant anew and look for the mistakes that custom layers really have: uninitialised or unregistered parameters, wrong gradients, results that change with the batch, copies and waits that cost time, weights that don&apos;t survive saving.

Press F6 to check. After a run, advice appears here too.</source>
        <translation>检查会重新构建每个变体,查找自定义层真正会犯的错误:未初始化或未注册的参数、错误的梯度、随批次变化的结果、耗时的拷贝和等待、保存后丢失的权重。

按 F6 开始检查。运行之后,建议也会显示在这里。</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Type a command</source>
        <translation>输入命令</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Open recent</source>
        <translation>打开最近的文件</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>&amp;New project</source>
        <translation>新建项目(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>Copy model as &amp;Python</source>
        <translation>将模型复制为 Python(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>导出(&amp;E)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Chrome &amp;trace…</source>
        <translation>Chrome 跟踪(&amp;T)…</translation>
    </message>
    <message>
        <source>&amp;Layer table as CSV…</source>
        <translation>层表格为 CSV(&amp;L)…</translation>
    </message>
    <message>
        <source>&amp;Kernel table as CSV…</source>
        <translation>内核表格为 CSV(&amp;K)…</translation>
    </message>
    <message>
        <source>&amp;Report as JSON…</source>
        <translation>报告为 JSON(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Charts as PNG or SVG…</source>
        <translation>图表为 PNG 或 SVG(&amp;C)…</translation>
    </message>
    <message>
        <source>E&amp;xamples</source>
        <translation>示例(&amp;X)</translation>
    </message>
    <message>
        <source>Example</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Add &amp;layers of a Python file…</source>
        <translation>添加 Python 文件中的层(&amp;L)…</translation>
    </message>
    <message>
        <source>Wrap in</source>
        <translation>包裹进</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>命令面板(&amp;C)…</translation>
    </message>
    <message>
        <source>Show {0}</source>
        <translation>显示{0}</translation>
    </message>
    <message>
        <source>&amp;Reset layout</source>
        <translation>重置布局(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>停止(&amp;S)</translation>
    </message>
    <message>
        <source>Chec&amp;k</source>
        <translation>检查(&amp;K)</translation>
    </message>
    <message>
        <source>S&amp;top checking</source>
        <translation>停止检查(&amp;T)</translation>
    </message>
    <message>
        <source>Run again when a file &amp;changes</source>
        <translation>文件更改时重新运行(&amp;C)</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>监视</translation>
    </message>
    <message>
        <source>Watch: save a layer&apos;s file, here or in your editor, and it runs again at once.</source>
        <translation>监视:在这里或在您的编辑器中保存层的文件,就会立即重新运行。</translation>
    </message>
    <message>
        <source>&amp;Look for devices again</source>
        <translation>重新查找设备(&amp;L)</translation>
    </message>
    <message>
        <source>Re&amp;view untrusted code…</source>
        <translation>查看未受信任的代码(&amp;V)…</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>比较(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;About Layerscope</source>
        <translation>关于 Layerscope(&amp;A)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
</context>
<context>
    <name>CompareControl</name>
    <message>
        <source>Recordings and traces (*.layerscope *.json *.json.gz *.json.zst)</source>
        <translation>记录和跟踪 (*.layerscope *.json *.json.gz *.json.zst)</translation>
    </message>
    <message>
        <source>Compare with file</source>
        <translation>与文件比较</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>How much faster or slower each variant is, whether it does the same work, and why,</source>
        <translation>每个变体快多少或慢多少、计算是否相同以及原因,</translation>
    </message>
    <message>
        <source>{0} will appear here. Press F5 to run.</source>
        <translation>{0}将显示在这里。按 F5 运行。</translation>
    </message>
    <message>
        <source>Choose another baseline above.</source>
        <translation>请在上方选择其他基准。</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>正在读取 {0}…</translation>
    </message>
    <message>
        <source>Unavailable: the variants could not be compared.</source>
        <translation>不可用:无法比较这些变体。</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>正在比较…</translation>
    </message>
    <message>
        <source>Unavailable: no variant of this run was built.</source>
        <translation>不可用:本次运行没有构建任何变体。</translation>
    </message>
    <message>
        <source>There is one variant. Add a second one and run again, or pin a run or choose a file to compare this one with.</source>
        <translation>只有一个变体。添加第二个并再次运行,或固定一次运行、选择一个文件来与之比较。</translation>
    </message>
    <message>
        <source>{0} will appear with the first steps.</source>
        <translation>{0}将随最初的步出现。</translation>
    </message>
    <message>
        <source>Unavailable: the run ended before a step was measured.</source>
        <translation>不可用:运行在测到一步之前就结束了。</translation>
    </message>
    <message>
        <source>Edited since this run. Run again (F5) to compare with this.</source>
        <translation>本次运行后已编辑。再次运行(F5)以便与此比较。</translation>
    </message>
</context>
<context>
    <name>ComparisonEdits</name>
    <message>
        <source>Make {0} the baseline</source>
        <translation>将 {0} 设为基准</translation>
    </message>
    <message>
        <source>Copy weights</source>
        <translation>复制权重</translation>
    </message>
    <message>
        <source>Keep every variant&apos;s own weights</source>
        <translation>保留各变体自己的权重</translation>
    </message>
    <message>
        <source>Set tolerances</source>
        <translation>设置容差</translation>
    </message>
    <message>
        <source>Set weights of {0}</source>
        <translation>设置 {0} 的权重</translation>
    </message>
    <message>
        <source>Duplicate variant</source>
        <translation>复制变体</translation>
    </message>
</context>
<context>
    <name>CompletenessLine</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
</context>
<context>
    <name>CostView</name>
    <message>
        <source>Copy as TSV</source>
        <translation>复制为 TSV</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Save visible rows as CSV…</source>
        <translation>将可见行保存为 CSV…</translation>
    </message>
    <message>
        <source>Save table</source>
        <translation>保存表格</translation>
    </message>
    <message>
        <source>CSV table (*.csv)</source>
        <translation>CSV 表格 (*.csv)</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
</context>
<context>
    <name>DeviceBox</name>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Where the layers run.</source>
        <translation>各层在哪里运行。</translation>
    </message>
    <message>
        <source>This device was not found here. Choose one that is.</source>
        <translation>此处没有该设备。请选择现有的设备。</translation>
    </message>
    <message>
        <source>{0} (not found)</source>
        <translation>{0}（未找到）</translation>
    </message>
    <message>
        <source>The first GPU if there is one, else the CPU.</source>
        <translation>有 GPU 时用第一个，否则用 CPU。</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Auto ({0})</source>
        <translation>自动（{0}）</translation>
    </message>
    <message>
        <source>Memory: {0}</source>
        <translation>显存：{0}</translation>
    </message>
    <message>
        <source>Cores: {0}</source>
        <translation>核心：{0}</translation>
    </message>
    <message>
        <source>Capability: {0}</source>
        <translation>计算能力：{0}</translation>
    </message>
    <message>
        <source>Driver: {0}</source>
        <translation>驱动：{0}</translation>
    </message>
</context>
<context>
    <name>Docks</name>
    <message>
        <source>Layers to add</source>
        <translation>可添加的层</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>源代码</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Run plan</source>
        <translation>运行计划</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
</context>
<context>
    <name>DurationHistogram</name>
    <message>
        <source>median</source>
        <translation>中位数</translation>
    </message>
    <message>
        <source>{0} calls</source>
        <translation>{0} 次调用</translation>
    </message>
    <message>
        <source>mean {0}</source>
        <translation>均值 {0}</translation>
    </message>
</context>
<context>
    <name>ErrorDialog</name>
    <message>
        <source>Layerscope</source>
        <translation>Layerscope</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
</context>
<context>
    <name>ExportControl</name>
    <message>
        <source>There is no trace to export yet.</source>
        <translation>还没有可导出的跟踪。</translation>
    </message>
    <message>
        <source>Chrome traces (*.json *.json.gz)</source>
        <translation>Chrome 跟踪 (*.json *.json.gz)</translation>
    </message>
    <message>
        <source>There is no report to export yet.</source>
        <translation>还没有可导出的报告。</translation>
    </message>
    <message>
        <source>Reports (*.json)</source>
        <translation>报告 (*.json)</translation>
    </message>
    <message>
        <source>There is no table to export yet.</source>
        <translation>还没有可导出的表格。</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message numerus="yes">
        <source>%n chart(s) exported.</source>
        <translation>
            <numerusform>已导出 %n 个图表。</numerusform>
        </translation>
    </message>
    <message>
        <source>“{0}” was copied as the source of an nn.Module.</source>
        <translation>已将“{0}”复制为 nn.Module 的源代码。</translation>
    </message>
    <message>
        <source>Exporting {0} …</source>
        <translation>正在导出 {0} …</translation>
    </message>
    <message>
        <source>{0} was exported.</source>
        <translation>{0} 已导出。</translation>
    </message>
    <message>
        <source>Run the experiment (F5), or open a recording.</source>
        <translation>请运行实验（F5）或打开一个记录。</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
</context>
<context>
    <name>ExportTask</name>
    <message>
        <source>{0} can&apos;t be written: {1}.</source>
        <translation>无法写入 {0}：{1}。</translation>
    </message>
    <message>
        <source>Free some space or choose another folder. No half file was left.</source>
        <translation>请释放空间或选择其他文件夹。没有留下不完整的文件。</translation>
    </message>
    <message>
        <source>{0} could not be exported: {1}: {2}.</source>
        <translation>无法导出 {0}：{1}：{2}。</translation>
    </message>
    <message>
        <source>The recording is unharmed. Please report this.</source>
        <translation>记录完好无损。请报告此问题。</translation>
    </message>
</context>
<context>
    <name>FilePage</name>
    <message>
        <source>The file has changed on disk, and you have changed it here.</source>
        <translation>文件在磁盘上已更改，您在这里也改过。</translation>
    </message>
    <message>
        <source>Take the one on disk</source>
        <translation>采用磁盘上的</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>保留我的</translation>
    </message>
    <message>
        <source>Line {}: </source>
        <translation>第 {} 行：</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Previous (Shift+Return)</source>
        <translation>上一个（Shift+回车）</translation>
    </message>
    <message>
        <source>Next (Return)</source>
        <translation>下一个（回车）</translation>
    </message>
    <message>
        <source>Close (Escape)</source>
        <translation>关闭（Esc）</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>{} found</source>
        <translation>找到 {} 处</translation>
    </message>
</context>
<context>
    <name>FlagButton</name>
    <message numerus="yes">
        <source>%n remark(s) about these steps</source>
        <translation>
            <numerusform>关于这些步的 %n 条提示</numerusform>
        </translation>
    </message>
    <message>
        <source>Not looked for.</source>
        <translation>未检查：</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>漂移</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群值</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>被打断</translation>
    </message>
    <message>
        <source>Throttled</source>
        <translation>降频</translation>
    </message>
</context>
<context>
    <name>InputRow</name>
    <message>
        <source>Shape: sizes with x between, such as 32x10</source>
        <translation>形状：各维大小以 x 分隔，如 32x10</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Dtype</source>
        <translation>数据类型</translation>
    </message>
    <message>
        <source>The type of the numbers in this input.</source>
        <translation>该输入中数值的类型。</translation>
    </message>
    <message>
        <source>as run</source>
        <translation>同运行</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>取值</translation>
    </message>
    <message>
        <source>How this input is filled.</source>
        <translation>该输入如何填充。</translation>
    </message>
    <message>
        <source>normal</source>
        <translation>正态</translation>
    </message>
    <message>
        <source>Mean 0, deviation 1.</source>
        <translation>均值 0，标准差 1。</translation>
    </message>
    <message>
        <source>uniform</source>
        <translation>均匀</translation>
    </message>
    <message>
        <source>From 0 up to 1.</source>
        <translation>从 0 到 1。</translation>
    </message>
    <message>
        <source>zeros</source>
        <translation>全零</translation>
    </message>
    <message>
        <source>integers</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>From 0 up to a limit.</source>
        <translation>从 0 到上限。</translation>
    </message>
    <message>
        <source>Integers below</source>
        <translation>整数小于</translation>
    </message>
    <message>
        <source>Remove this input</source>
        <translation>移除该输入</translation>
    </message>
</context>
<context>
    <name>InputsEditor</name>
    <message>
        <source>Add input</source>
        <translation>添加输入</translation>
    </message>
    <message>
        <source>The first layer gets these tensors, the same for every variant.</source>
        <translation>第一层得到这些张量，各变体相同。</translation>
    </message>
    <message>
        <source>Remove input</source>
        <translation>移除输入</translation>
    </message>
    <message>
        <source>Change input</source>
        <translation>更改输入</translation>
    </message>
</context>
<context>
    <name>InterpreterBox</name>
    <message>
        <source>Interpreter</source>
        <translation>解释器</translation>
    </message>
    <message>
        <source>The Python that runs the layers.</source>
        <translation>运行各层的 Python。</translation>
    </message>
    <message>
        <source>The Python that the application itself runs on.</source>
        <translation>本程序自身所用的 Python。</translation>
    </message>
    <message>
        <source>Other Python…</source>
        <translation>其他 Python…</translation>
    </message>
    <message>
        <source>Choose an interpreter that has torch.</source>
        <translation>请选择装有 torch 的解释器。</translation>
    </message>
    <message>
        <source>Choose a Python interpreter</source>
        <translation>选择 Python 解释器</translation>
    </message>
</context>
<context>
    <name>KernelBars</name>
    <message>
        <source>(no name)</source>
        <translation>（无名称）</translation>
    </message>
</context>
<context>
    <name>KernelChart</name>
    <message>
        <source>Kernels per step</source>
        <translation>每步各内核时间</translation>
    </message>
    <message>
        <source>Operators per step</source>
        <translation>每步各算子时间</translation>
    </message>
</context>
<context>
    <name>KernelDetail</name>
    <message>
        <source>Choose a kernel to see its whole name and its times.</source>
        <translation>选择一个内核以查看其完整名称和时间。</translation>
    </message>
    <message>
        <source>Reading durations…</source>
        <translation>正在读取时长…</translation>
    </message>
    <message>
        <source>newest windows: {0}</source>
        <translation>最新 {0} 个窗口</translation>
    </message>
    <message>
        <source>Not in the newest windows</source>
        <translation>不在最新的窗口中</translation>
    </message>
    <message>
        <source>(model)</source>
        <translation>（模型）</translation>
    </message>
    <message>
        <source> and {0} more</source>
        <translation> 等另外 {0} 个</translation>
    </message>
    <message>
        <source>{0}, {1}: {2} times, {3} per step ({4}). Layers: {5}</source>
        <translation>{0}，{1}：{2} 次，每步 {3}（{4}）。层：{5}</translation>
    </message>
</context>
<context>
    <name>KernelsPage</name>
    <message>
        <source>(model)</source>
        <translation>（模型）</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>Search, such as: kind:kernel -name:copy layer:blocks.3</source>
        <translation>搜索，例如：kind:kernel -name:copy layer:blocks.3</translation>
    </message>
    <message>
        <source>Every kernel, with its count and times,</source>
        <translation>每个内核及其次数和时间</translation>
    </message>
    <message>
        <source>{0:,} rows</source>
        <translation>{0:,} 行</translation>
    </message>
    <message>
        <source>{0:,} of {1:,} rows</source>
        <translation>{0:,} / {1:,} 行</translation>
    </message>
</context>
<context>
    <name>LayerChart</name>
    <message>
        <source>Time by layer</source>
        <translation>各层时间</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>forward {0}   backward {1}   total {2}</source>
        <translation>前向 {0}   反向 {1}   总计 {2}</translation>
    </message>
    <message>
        <source>other layers</source>
        <translation>其他层</translation>
    </message>
    <message>
        <source>unattributed</source>
        <translation>未归属</translation>
    </message>
    <message>
        <source>loss + optimizer</source>
        <translation>损失 + 优化器</translation>
    </message>
    <message>
        <source>pale: backward</source>
        <translation>浅色：反向</translation>
    </message>
</context>
<context>
    <name>LayerForm</name>
    <message>
        <source>This layer takes no arguments.</source>
        <translation>该层没有参数。</translation>
    </message>
    <message>
        <source>As text</source>
        <translation>文本形式</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Set {}</source>
        <translation>设置 {}</translation>
    </message>
    <message>
        <source>Reset argument</source>
        <translation>重置参数</translation>
    </message>
    <message>
        <source>Change layer</source>
        <translation>更改层</translation>
    </message>
    <message>
        <source>Select a layer in the model to see and change its arguments.</source>
        <translation>在模型中选择一层以查看和更改其参数。</translation>
    </message>
</context>
<context>
    <name>LayerPalette</name>
    <message>
        <source>Your layers</source>
        <translation>您的层</translation>
    </message>
    <message>
        <source>Containers</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Add {}</source>
        <translation>添加 {}</translation>
    </message>
    <message>
        <source>Add layers from Python files</source>
        <translation>从 Python 文件添加层</translation>
    </message>
    <message>
        <source>Python files (*.py)</source>
        <translation>Python 文件 (*.py)</translation>
    </message>
    <message>
        <source>Search layers</source>
        <translation>搜索层</translation>
    </message>
    <message>
        <source>Add a Python file with layers of your own</source>
        <translation>添加含有您自己的层的 Python 文件</translation>
    </message>
    <message>
        <source>Add file</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>No layer matches “{}”.
Search by name, kind or what it does.</source>
        <translation>没有与“{}”匹配的层。
可按名称、类别或用途搜索。</translation>
    </message>
    <message>
        <source>{} is still being read.</source>
        <translation>仍在读取 {}。</translation>
    </message>
    <message>
        <source>Reading the layers of torch.nn…</source>
        <translation>正在读取 torch.nn 的层…</translation>
    </message>
</context>
<context>
    <name>LayersPage</name>
    <message>
        <source>Sum</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>{0} · compiled</source>
        <translation>{0} · 已编译</translation>
    </message>
    <message>
        <source>Part of the compiled region {0}: torch.compile made one of them, which has their times</source>
        <translation>属于编译区域 {0}：torch.compile 已将其中各层合而为一，时间计在该区域上</translation>
    </message>
    <message>
        <source>(model)</source>
        <translation>（模型）</translation>
    </message>
    <message>
        <source>A compiled region: torch.compile made one of the layers in it, this row has their times</source>
        <translation>编译区域：torch.compile 已将其中各层合而为一，时间计在这一行</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Unattributed</source>
        <translation>未归属</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Measured in profile windows, where the profiler slows every operator a little. Compare variants by their bare step times; compare layers here.</source>
        <translation>在剖析窗口内测得，剖析器会使每个算子略微变慢。请用裸步时间比较变体，在此处比较各层。</translation>
    </message>
    <message>
        <source>Forward and backward time of every layer</source>
        <translation>每层的前向和反向时间</translation>
    </message>
    <message>
        <source>All variants</source>
        <translation>所有变体</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Device time per step</source>
        <translation>每步设备时间</translation>
    </message>
    <message>
        <source>CPU time per step</source>
        <translation>每步 CPU 时间</translation>
    </message>
    <message>
        <source>{0}, at least</source>
        <translation>{0}的下限</translation>
    </message>
    <message>
        <source>{0}, under the profiler. {1}</source>
        <translation>{0}（剖析器下）。{1}</translation>
    </message>
    <message>
        <source>{0}: {1} attributed</source>
        <translation>{0}：已归属 {1}</translation>
    </message>
    <message>
        <source>{0} of it in no step</source>
        <translation>其中 {0} 不属于任何步</translation>
    </message>
    <message>
        <source>{0} of {1} windows left out: interrupted</source>
        <translation>{1} 个窗口中有 {0} 个被打断，未计入</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>A lower bound: nobody knows the FLOPs of {0}</source>
        <translation>下限：{0} 的 FLOPs 未知</translation>
    </message>
</context>
<context>
    <name>LengthBox</name>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>How long to measure, after the warm-up.</source>
        <translation>预热之后测量多久。</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Measure for this long in all.</source>
        <translation>总共测量这么久。</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Measure this many steps of each variant.</source>
        <translation>每个变体测量这么多步。</translation>
    </message>
    <message>
        <source>Until stable</source>
        <translation>直到稳定</translation>
    </message>
    <message>
        <source>Stop when every median step time is known within ±1 %; after a minute, give up.</source>
        <translation>各变体步时间中位数的误差都在 ±1 % 以内时停止；满一分钟则放弃。</translation>
    </message>
    <message>
        <source>Length of the run</source>
        <translation>运行时长</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
</context>
<context>
    <name>LivePage</name>
    <message>
        <source>Every step&apos;s time</source>
        <translation>每一步的时间</translation>
    </message>
    <message>
        <source>Time by layer</source>
        <translation>各层时间</translation>
    </message>
    <message>
        <source>The costliest kernels</source>
        <translation>最耗时的内核</translation>
    </message>
    <message>
        <source>Unavailable: no sample was taken during this run.</source>
        <translation>不可用：本次运行没有采样。</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>{0} will appear here, live. Press F5 to run.</source>
        <translation>{0}将实时显示在这里。按 F5 运行。</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Unavailable: this trace does not mark its steps.</source>
        <translation>不可用：该跟踪没有标记步。</translation>
    </message>
    <message>
        <source>The run ended before a step was measured.</source>
        <translation>运行在测得任何一步之前就结束了。</translation>
    </message>
    <message>
        <source>Unavailable: the profiling budget is 0 %. Raise it in the plan and run again.</source>
        <translation>不可用：剖析预算为 0 %。请在计划中调高后重新运行。</translation>
    </message>
    <message>
        <source>{0} will appear with the first profile window.</source>
        <translation>{0}将在第一个剖析窗口后显示。</translation>
    </message>
    <message>
        <source>Unavailable: the run ended before its first profile window.</source>
        <translation>不可用：运行在第一个剖析窗口之前就结束了。</translation>
    </message>
</context>
<context>
    <name>LoadChart</name>
    <message>
        <source>Load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>not measured on this machine</source>
        <translation>本机无法测量</translation>
    </message>
    <message>
        <source>{0} unavailable: {1}</source>
        <translation>{0}不可用：{1}</translation>
    </message>
    <message>
        <source>worker, of one core</source>
        <translation>工作进程（占单核）</translation>
    </message>
    <message>
        <source>machine</source>
        <translation>整机</translation>
    </message>
    <message>
        <source>worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>power</source>
        <translation>功率</translation>
    </message>
    <message>
        <source>temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>clock</source>
        <translation>时钟频率</translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>What the layers print appears here.</source>
        <translation>各层打印的内容显示在这里。</translation>
    </message>
    <message>
        <source>Copy all lines</source>
        <translation>复制所有行</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>扫描</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Add layers</source>
        <translation>添加层</translation>
    </message>
    <message>
        <source>Python files (*.py)</source>
        <translation>Python 文件 (*.py)</translation>
    </message>
    <message>
        <source>Press F5 to run this example: a custom linear layer against the built-in one.</source>
        <translation>按 F5 运行此示例：自定义线性层与内置线性层的对比。</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Hold the view still, or go on</source>
        <translation>暂停视图或继续</translation>
    </message>
    <message>
        <source>Fit; again: with every outlier</source>
        <translation>适应；再按一次：包含所有离群值</translation>
    </message>
    <message>
        <source>Link zooms, or not</source>
        <translation>联动或独立缩放</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>Zoom at the pointer</source>
        <translation>以指针为中心缩放</translation>
    </message>
    <message>
        <source>Ctrl+Wheel</source>
        <translation>Ctrl+滚轮</translation>
    </message>
    <message>
        <source>Zoom finer</source>
        <translation>精细缩放</translation>
    </message>
    <message>
        <source>Shift+Wheel</source>
        <translation>Shift+滚轮</translation>
    </message>
    <message>
        <source>Zoom faster</source>
        <translation>快速缩放</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>拖动</translation>
    </message>
    <message>
        <source>Zoom to the span</source>
        <translation>缩放到所选区间</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>Shift+Drag</source>
        <translation>Shift+拖动</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>双击</translation>
    </message>
    <message>
        <source>Show all of the run</source>
        <translation>显示整个运行</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>The language changes when Layerscope starts the next time.</source>
        <translation>语言将在下次启动 Layerscope 时更改。</translation>
    </message>
    <message>
        <source>Save the source files?</source>
        <translation>保存源文件？</translation>
    </message>
    <message>
        <source>{0} has edits that are not saved.</source>
        <translation>{0} 有未保存的更改。</translation>
    </message>
</context>
<context>
    <name>MemoryChart</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>resident {0}</source>
        <translation>常驻 {0}</translation>
    </message>
    <message>
        <source>resident set of the worker</source>
        <translation>工作进程的常驻内存</translation>
    </message>
    <message>
        <source>reserved</source>
        <translation>已保留</translation>
    </message>
</context>
<context>
    <name>MemoryPage</name>
    <message>
        <source>Peak by phase</source>
        <translation>各阶段峰值</translation>
    </message>
    <message>
        <source>Alive at the peak</source>
        <translation>峰值时存活</translation>
    </message>
    <message>
        <source>Memory by layer</source>
        <translation>各层内存</translation>
    </message>
    <message>
        <source>Counted from the allocator&apos;s events of one profiled step of each variant, before measuring. Only the variant&apos;s own memory: what other variants hold is left out.</source>
        <translation>测量之前，根据每个变体一个剖析步的分配器事件统计。仅含该变体自身的内存，不计其他变体持有的内存。</translation>
    </message>
    <message>
        <source>{0}: peak {1} in {2}, {3} before the step, {4} allocated</source>
        <translation>{0}：峰值 {1}（{2}），步开始前 {3}，分配 {4}</translation>
    </message>
    <message>
        <source>; the process had reserved {0}</source>
        <translation>；进程已保留 {0}</translation>
    </message>
    <message>
        <source>Peak memory by phase and layer, and what is alive at the peak,</source>
        <translation>各阶段和各层的内存峰值，以及峰值时存活的内存，</translation>
    </message>
    <message>
        <source>{0} will appear here. Press F5 to run.</source>
        <translation>{0}将显示在这里。按 F5 运行。</translation>
    </message>
    <message>
        <source>{0} will appear once the variants are warm.</source>
        <translation>{0}将在各变体预热后显示。</translation>
    </message>
    <message>
        <source>Unavailable: the run ended before a step&apos;s memory was profiled.</source>
        <translation>不可用：运行在剖析任何一步的内存之前就结束了。</translation>
    </message>
    <message>
        <source>Unavailable: this recording holds no profile of a step&apos;s memory. It is a trace, an older recording, or of a device whose allocations torch does not record.</source>
        <translation>不可用：该记录不含步的内存剖析。它是跟踪或旧版记录，或来自 torch 不记录其内存分配的设备。</translation>
    </message>
    <message>
        <source>By layer</source>
        <translation>按层</translation>
    </message>
    <message>
        <source>Alive at the peak: the largest blocks of memory</source>
        <translation>峰值时存活：最大的内存块</translation>
    </message>
</context>
<context>
    <name>MessageStrip</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>ModelTreeModel</name>
    <message>
        <source>Of the last run, per step; what is inside a layer is included</source>
        <translation>来自上次运行，每步；包含层内部的内容</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>内核</translation>
    </message>
</context>
<context>
    <name>ModelTreePanel</name>
    <message>
        <source>Wrap in a container</source>
        <translation>包裹进容器</translation>
    </message>
</context>
<context>
    <name>ModelTreeView</name>
    <message>
        <source>No layers yet.

Drag one here from the palette, or double-click it there.
You can also paste text, such as
nn.Linear(10, 64) | nn.ReLU()</source>
        <translation>还没有层。

从左侧面板拖一个到这里，或在那里双击。
也可以粘贴文本，例如
nn.Linear(10, 64) | nn.ReLU()</translation>
    </message>
</context>
<context>
    <name>NodeSection</name>
    <message>
        <source>Part of the model</source>
        <translation>属于模型</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Join by</source>
        <translation>合并方式</translation>
    </message>
    <message>
        <source>Dimension</source>
        <translation>维度</translation>
    </message>
    <message>
        <source>Sum</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>Concatenate</source>
        <translation>拼接</translation>
    </message>
    <message>
        <source>Enable or disable</source>
        <translation>启用或停用</translation>
    </message>
    <message>
        <source>Set dimension</source>
        <translation>设置维度</translation>
    </message>
    <message>
        <source>Join branches</source>
        <translation>合并分支</translation>
    </message>
    <message>
        <source>Runs its layers one after the other.</source>
        <translation>依次运行其中各层。</translation>
    </message>
    <message>
        <source>Computes x + f(x); f is the layers inside, one after the other.</source>
        <translation>计算 x + f(x)；f 是其中依次执行的各层。</translation>
    </message>
    <message>
        <source>Gives its input to each layer inside and joins their outputs.</source>
        <translation>把输入交给其中每一层并合并输出。</translation>
    </message>
</context>
<context>
    <name>NumberStrip</name>
    <message>
        <source>Profiling</source>
        <translation>剖析</translation>
    </message>
    <message>
        <source>Median step</source>
        <translation>步中位数</translation>
    </message>
    <message>
        <source>per second</source>
        <translation>每秒</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>± how well it is known · number of steps</source>
        <translation>± 不确定度 · 步数</translation>
    </message>
    <message>
        <source>of run time</source>
        <translation>占运行时间</translation>
    </message>
    <message>
        <source>in all</source>
        <translation>总计</translation>
    </message>
    <message>
        <source>{0} windows behind</source>
        <translation>落后 {0} 个窗口</translation>
    </message>
    <message>
        <source>no bare steps, profile windows: {0}</source>
        <translation>无裸步，{0} 个剖析窗口</translation>
    </message>
    <message>
        <source>median of {0} steps · {1} windows</source>
        <translation>{0} 步的中位数 · {1} 窗口</translation>
    </message>
    <message>
        <source>{0:.3g}× the first</source>
        <translation>首个的 {0:.3g} 倍</translation>
    </message>
    <message>
        <source>like the first</source>
        <translation>与首个相同</translation>
    </message>
</context>
<context>
    <name>OverridesSection</name>
    <message>
        <source>One variant only</source>
        <translation>仅一个变体</translation>
    </message>
    <message>
        <source>A variant may differ from the plan, to compare settings, not layers.</source>
        <translation>变体可以与计划不同，用于比较设置而非层。</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Dtype</source>
        <translation>数据类型</translation>
    </message>
    <message>
        <source>Autocast</source>
        <translation>自动混合精度</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Eval</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Channels last</source>
        <translation>通道在后</translation>
    </message>
    <message>
        <source>torch.compile</source>
        <translation>torch.compile</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>as planned</source>
        <translation>按计划</translation>
    </message>
    <message>
        <source>The first size of every input</source>
        <translation>每个输入的第一维</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Set {} of {}</source>
        <translation>设置 {}（{}）</translation>
    </message>
</context>
<context>
    <name>PhaseChart</name>
    <message>
        <source>{0}, {1}: at most {2}, {3} allocated</source>
        <translation>{0}，{1}：最多 {2}，分配 {3}</translation>
    </message>
</context>
<context>
    <name>PlanEditor</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前向</translation>
    </message>
    <message>
        <source>Forward + backward</source>
        <translation>前向 + 反向</translation>
    </message>
    <message>
        <source>Training step</source>
        <translation>训练步</translation>
    </message>
    <message>
        <source>Phase</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Eval</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Dropout and batch norm work in train mode.</source>
        <translation>Dropout 和批归一化在训练模式下生效。</translation>
    </message>
    <message>
        <source>Set length</source>
        <translation>设置时长</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>预热</translation>
    </message>
    <message>
        <source>until settled</source>
        <translation>直到平稳</translation>
    </message>
    <message>
        <source>Steps of each variant before measuring.</source>
        <translation>每个变体测量前的步数。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Of weights and inputs.</source>
        <translation>用于权重和输入。</translation>
    </message>
    <message>
        <source>Profiling</source>
        <translation>剖析</translation>
    </message>
    <message>
        <source>How much of the run&apos;s time profile windows may cost; 0 profiles nothing.</source>
        <translation>剖析窗口最多占运行时间的多少；0 表示不剖析。</translation>
    </message>
    <message>
        <source>Between steps</source>
        <translation>步与步之间</translation>
    </message>
    <message>
        <source>Warm</source>
        <translation>热</translation>
    </message>
    <message>
        <source>Cold</source>
        <translation>冷</translation>
    </message>
    <message>
        <source>Cold: before each step a buffer twice the size of the cache is overwritten, so that parameters and inputs come from memory. Outside of the step&apos;s time.</source>
        <translation>冷：每步之前覆写一个两倍于缓存大小的缓冲区，使参数和输入从内存读取。不计入步时间。</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Filled with zeros</source>
        <translation>清零</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>What becomes of the last step&apos;s gradients. Kept: the next ones are added to them. Outside of the step&apos;s time; in a training step, part of it.</source>
        <translation>如何处理上一步的梯度。保留：新梯度累加到其上。不计入步时间；在训练步中则计入。</translation>
    </message>
    <message>
        <source>Gradients</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>Fresh inputs</source>
        <translation>每步新输入</translation>
    </message>
    <message>
        <source>New values of the same distribution before each step, outside of its time.</source>
        <translation>每步之前按相同分布生成新值，不计入步时间。</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Dtype</source>
        <translation>数据类型</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Autocast</source>
        <translation>自动混合精度</translation>
    </message>
    <message>
        <source>torch.autocast around the step.</source>
        <translation>在每步外使用 torch.autocast。</translation>
    </message>
    <message>
        <source>Allow TF32</source>
        <translation>允许 TF32</translation>
    </message>
    <message>
        <source>Matrix products and convolutions with 10-bit mantissas.</source>
        <translation>矩阵乘法和卷积使用 10 位尾数。</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Mean of the output</source>
        <translation>输出均值</translation>
    </message>
    <message>
        <source>Mean squared error</source>
        <translation>均方误差</translation>
    </message>
    <message>
        <source>Cross entropy</source>
        <translation>交叉熵</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>Channels last</source>
        <translation>通道在后</translation>
    </message>
    <message>
        <source>NHWC memory format.</source>
        <translation>NHWC 内存格式。</translation>
    </message>
    <message>
        <source>torch.compile</source>
        <translation>torch.compile</translation>
    </message>
    <message>
        <source>cuDNN</source>
        <translation>cuDNN</translation>
    </message>
    <message>
        <source>cuDNN benchmark</source>
        <translation>cuDNN 基准选择</translation>
    </message>
    <message>
        <source>cuDNN deterministic</source>
        <translation>cuDNN 确定性</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>CPU threads</source>
        <translation>CPU 线程</translation>
    </message>
    <message>
        <source>Set {}</source>
        <translation>设置 {}</translation>
    </message>
</context>
<context>
    <name>ProblemLine</name>
    <message>
        <source>{} more</source>
        <translation>另外 {} 个</translation>
    </message>
    <message>
        <source>Go to the layer</source>
        <translation>转到该层</translation>
    </message>
</context>
<context>
    <name>ProgressDialog</name>
    <message>
        <source>Layerscope</source>
        <translation>Layerscope</translation>
    </message>
</context>
<context>
    <name>ProgressView</name>
    <message>
        <source>Progress of the run</source>
        <translation>运行进度</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>step {0} of {1}</source>
        <translation>第 {0} / {1} 步</translation>
    </message>
    <message>
        <source>step {0}</source>
        <translation>第 {0} 步</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>剩余 {0}</translation>
    </message>
    <message>
        <source>Completed · {0} steps</source>
        <translation>已完成 · {0} 步</translation>
    </message>
    <message>
        <source>Stopped · {0} steps kept</source>
        <translation>已停止 · 保留 {0} 步</translation>
    </message>
    <message>
        <source>Failed · {0} steps kept</source>
        <translation>失败 · 保留 {0} 步</translation>
    </message>
    <message>
        <source>The worker crashed · {0} steps kept</source>
        <translation>工作进程崩溃 · 保留 {0} 步</translation>
    </message>
    <message>
        <source>Starting the worker</source>
        <translation>正在启动工作进程</translation>
    </message>
    <message>
        <source>Building the models</source>
        <translation>正在构建模型</translation>
    </message>
    <message>
        <source>Warming up</source>
        <translation>预热中</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>测量中</translation>
    </message>
    <message>
        <source>Finishing</source>
        <translation>正在收尾</translation>
    </message>
</context>
<context>
    <name>Project</name>
    <message>
        <source>Variant 1</source>
        <translation>变体 1</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
</context>
<context>
    <name>ProjectFiles</name>
    <message>
        <source>{0} does not exist.</source>
        <translation>{0} 不存在。</translation>
    </message>
    <message>
        <source>It may have been moved.</source>
        <translation>它可能已被移动。</translation>
    </message>
    <message>
        <source>Stop it, or wait for its end, then open the file.</source>
        <translation>停止它或等它结束,然后打开文件。</translation>
    </message>
    <message>
        <source>Open a project (.json), recording (.layerscope), trace or Python file.</source>
        <translation>请打开项目（.json）、记录（.layerscope）、跟踪或 Python 文件。</translation>
    </message>
    <message>
        <source>{0} is no file of a known kind.</source>
        <translation>{0} 不是已知类型的文件。</translation>
    </message>
    <message>
        <source>All that can be opened (*.json *.layerscope *.json.gz *.json.zst *.py)</source>
        <translation>所有可打开的文件 (*.json *.layerscope *.json.gz *.json.zst *.py)</translation>
    </message>
    <message>
        <source>Projects (*.json)</source>
        <translation>项目 (*.json)</translation>
    </message>
    <message>
        <source>Recordings (*.layerscope)</source>
        <translation>记录 (*.layerscope)</translation>
    </message>
    <message>
        <source>Traces (*.json *.json.gz *.json.zst)</source>
        <translation>跟踪 (*.json *.json.gz *.json.zst)</translation>
    </message>
    <message>
        <source>Python files (*.py)</source>
        <translation>Python 文件 (*.py)</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Add {0}</source>
        <translation>添加 {0}</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>保存项目</translation>
    </message>
    <message>
        <source>Save changes?</source>
        <translation>保存更改？</translation>
    </message>
    <message>
        <source>&lt;b&gt;Save the changes to “{0}”?&lt;/b&gt;</source>
        <translation>&lt;b&gt;保存对“{0}”的更改？&lt;/b&gt;</translation>
    </message>
    <message>
        <source>They are lost if you don&apos;t save them.</source>
        <translation>如果不保存，更改将会丢失。</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>Unsaved work</source>
        <translation>未保存的工作</translation>
    </message>
    <message>
        <source>&lt;b&gt;Restore the unsaved changes to “{0}”?&lt;/b&gt;</source>
        <translation>&lt;b&gt;恢复对“{0}”的未保存更改？&lt;/b&gt;</translation>
    </message>
    <message>
        <source>Layerscope ended without saving them the last time.</source>
        <translation>上次 Layerscope 结束时没有保存它们。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
</context>
<context>
    <name>RatioChart</name>
    <message>
        <source>Ratio</source>
        <translation>比值</translation>
    </message>
    <message>
        <source>{0} / {1}</source>
        <translation>{0} / {1}</translation>
    </message>
</context>
<context>
    <name>RunButton</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Stop the run (Shift+F5)</source>
        <translation>停止运行（Shift+F5）</translation>
    </message>
    <message>
        <source>Run the experiment (F5)</source>
        <translation>运行实验（F5）</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
</context>
<context>
    <name>RunControl</name>
    <message>
        <source>Stop it, or wait for its end, then run.</source>
        <translation>停止它或等它结束,然后运行。</translation>
    </message>
    <message>
        <source>{0}: this code is not trusted yet.</source>
        <translation>{0}：此代码尚未受信任。</translation>
    </message>
    <message>
        <source>Nothing in it was run. Trust its folder to see its layers and shapes.</source>
        <translation>其中的代码没有运行过。信任其文件夹后可看到各层和形状。</translation>
    </message>
    <message>
        <source>Review…</source>
        <translation>查看…</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>重新运行</translation>
    </message>
    <message>
        <source>{0} was being read during this run.</source>
        <translation>此次运行期间正在读取 {0}。</translation>
    </message>
    <message>
        <source>That takes time from the run: its numbers may be far too high. Run again later.</source>
        <translation>这会占用运行的时间：数值可能偏高很多。请稍后重新运行。</translation>
    </message>
</context>
<context>
    <name>RunToolbar</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Choose device</source>
        <translation>选择设备</translation>
    </message>
    <message>
        <source>Choose dtype</source>
        <translation>选择数据类型</translation>
    </message>
    <message>
        <source>Choose phase</source>
        <translation>选择阶段</translation>
    </message>
    <message>
        <source>Choose length</source>
        <translation>选择时长</translation>
    </message>
    <message>
        <source>Choose interpreter</source>
        <translation>选择解释器</translation>
    </message>
    <message>
        <source>Dtype</source>
        <translation>数据类型</translation>
    </message>
    <message>
        <source>Of parameters and floating inputs.</source>
        <translation>参数和浮点输入的数据类型。</translation>
    </message>
    <message>
        <source>Phase</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>What one step does.</source>
        <translation>一步做什么。</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前向</translation>
    </message>
    <message>
        <source>Forward alone, without gradients.</source>
        <translation>仅前向，不计算梯度。</translation>
    </message>
    <message>
        <source>Forward + backward</source>
        <translation>前向 + 反向</translation>
    </message>
    <message>
        <source>Gradients for inputs and parameters.</source>
        <translation>计算输入和参数的梯度。</translation>
    </message>
    <message>
        <source>Training step</source>
        <translation>训练步</translation>
    </message>
    <message>
        <source>Forward, loss, backward, optimizer.</source>
        <translation>前向、损失、反向、优化器。</translation>
    </message>
</context>
<context>
    <name>SameWorkPanel</name>
    <message>
        <source>Outputs and gradients</source>
        <translation>输出与梯度</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Where the weights came from</source>
        <translation>权重来自何处</translation>
    </message>
</context>
<context>
    <name>ScalingChart</name>
    <message>
        <source>Step time</source>
        <translation>步时间</translation>
    </message>
    <message>
        <source>crossover</source>
        <translation>交叉点</translation>
    </message>
    <message>
        <source>no result</source>
        <translation>没有结果</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>In words</source>
        <translation>文字说明</translation>
    </message>
</context>
<context>
    <name>SessionStatus</name>
    <message>
        <source>Opening {0} …</source>
        <translation>正在打开 {0} …</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>SettingActions</name>
    <message>
        <source>Compare under another setting</source>
        <translation>在其他设置下比较</translation>
    </message>
    <message>
        <source>With torch.compile</source>
        <translation>使用 torch.compile</translation>
    </message>
    <message>
        <source>In channels last</source>
        <translation>channels last 格式</translation>
    </message>
    <message>
        <source>Under autocast to bfloat16</source>
        <translation>autocast 到 bfloat16</translation>
    </message>
    <message>
        <source>With twice the batch</source>
        <translation>批大小加倍</translation>
    </message>
    <message>
        <source>With half the batch</source>
        <translation>批大小减半</translation>
    </message>
    <message>
        <source>With another batch…</source>
        <translation>用其他批大小…</translation>
    </message>
    <message>
        <source>On {0}</source>
        <translation>在 {0} 上</translation>
    </message>
    <message>
        <source>Another batch</source>
        <translation>其他批大小</translation>
    </message>
    <message>
        <source>First size of every input:</source>
        <translation>每个输入的第一维:</translation>
    </message>
    <message>
        <source>In {0}</source>
        <translation>以 {0}</translation>
    </message>
</context>
<context>
    <name>SourceEditor</name>
    <message>
        <source>Selected</source>
        <translation>所选</translation>
    </message>
    <message>
        <source>New layer…</source>
        <translation>新建层…</translation>
    </message>
    <message>
        <source>Save file (Ctrl+S)</source>
        <translation>保存文件（Ctrl+S）</translation>
    </message>
    <message>
        <source>New layer</source>
        <translation>新建层</translation>
    </message>
    <message>
        <source>Python files (*.py)</source>
        <translation>Python 文件 (*.py)</translation>
    </message>
    <message>
        <source>Add {}</source>
        <translation>添加 {}</translation>
    </message>
    <message>
        <source># Select a layer to see its source, or a variant to see its model.</source>
        <translation># 选择一层以查看其源代码，或选择变体以查看其模型。</translation>
    </message>
    <message>
        <source>Model as Python</source>
        <translation>模型的 Python 代码</translation>
    </message>
    <message>
        <source># {} comes from a package of the interpreter.</source>
        <translation># {} 来自解释器中的软件包。</translation>
    </message>
    <message>
        <source>Save the file?</source>
        <translation>保存文件？</translation>
    </message>
    <message>
        <source>{} has changes that are not saved.</source>
        <translation>{} 有未保存的更改。</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Looking for devices…</source>
        <translation>正在查找设备…</translation>
    </message>
    <message>
        <source>Share of the run&apos;s time that profile windows cost.
Set its limit in the run plan.</source>
        <translation>剖析窗口占运行时间的比例。
可在运行计划中设置上限。</translation>
    </message>
    <message>
        <source>Special conditions of this run, set in its plan: compare it only with runs like it.</source>
        <translation>此次运行的特殊条件，在其计划中设置：请仅与条件相同的运行比较。</translation>
    </message>
    <message>
        <source>Show what the layers printed</source>
        <translation>显示各层打印的内容</translation>
    </message>
    <message>
        <source>No usable interpreter</source>
        <translation>没有可用的解释器</translation>
    </message>
    <message>
        <source>Profiling {0}</source>
        <translation>剖析 {0}</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s) printed</source>
        <translation>
            <numerusform>打印了 %n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>{0}
Click to open its folder.</source>
        <translation>{0}
点击打开所在文件夹。</translation>
    </message>
</context>
<context>
    <name>StepChart</name>
    <message>
        <source>Step time</source>
        <translation>步时间</translation>
    </message>
    <message>
        <source>all steps profiled: their times include the profiler</source>
        <translation>所有步都被剖析：时间包含剖析器开销</translation>
    </message>
    <message>
        <source>median</source>
        <translation>中位数</translation>
    </message>
    <message>
        <source>profile window</source>
        <translation>剖析窗口</translation>
    </message>
    <message>
        <source>warm-up</source>
        <translation>预热</translation>
    </message>
</context>
<context>
    <name>SweepButton</name>
    <message>
        <source>Stop sweep</source>
        <translation>停止扫描</translation>
    </message>
    <message>
        <source>Run sweep</source>
        <translation>运行扫描</translation>
    </message>
    <message>
        <source>Stop; the points that were measured stay (Shift+F5)</source>
        <translation>停止;已测量的点会保留(Shift+F5)</translation>
    </message>
    <message>
        <source>Run the experiment once for each value</source>
        <translation>对每个值各运行一次实验</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
</context>
<context>
    <name>SweepControl</name>
    <message>
        <source>A run is going on.</source>
        <translation>正在运行。</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>停止运行</translation>
    </message>
    <message>
        <source>Stop it, or wait for its end, then run the sweep.</source>
        <translation>停止它或等它结束,然后运行扫描。</translation>
    </message>
    <message>
        <source>A sweep can&apos;t be opened while something runs.</source>
        <translation>有任务运行时不能打开扫描。</translation>
    </message>
    <message>
        <source>Stop it, then open the file.</source>
        <translation>先停止它,再打开文件。</translation>
    </message>
    <message>
        <source>A point can&apos;t be opened while the sweep runs.</source>
        <translation>扫描进行时不能打开数据点。</translation>
    </message>
    <message>
        <source>Stop the sweep, or wait for its end.</source>
        <translation>停止扫描,或等它结束。</translation>
    </message>
    <message>
        <source>{0}: its run shows in the other pages.</source>
        <translation>{0}:其运行显示在其他页面中。</translation>
    </message>
    <message>
        <source>A sweep is going on.</source>
        <translation>扫描正在进行。</translation>
    </message>
    <message>
        <source>Sweep: {0} of {1}</source>
        <translation>扫描:{0} / {1}</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>剩余 {0}</translation>
    </message>
    <message>
        <source>Sweep completed · {0} of {1} points</source>
        <translation>扫描完成 · {0} / {1} 个点</translation>
    </message>
    <message>
        <source>Sweep stopped · {0} of {1} points</source>
        <translation>扫描已停止 · {0} / {1} 个点</translation>
    </message>
    <message>
        <source>Sweep failed · {0} of {1} points</source>
        <translation>扫描失败 · {0} / {1} 个点</translation>
    </message>
</context>
<context>
    <name>SweepForm</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n 个点</numerusform>
        </translation>
    </message>
    <message>
        <source>about {0}</source>
        <translation>约 {0}</translation>
    </message>
    <message>
        <source>{0} of measuring, and a worker&apos;s start for each</source>
        <translation>测量 {0},另加每个点的进程启动</translation>
    </message>
    <message>
        <source>Change the sweep</source>
        <translation>更改扫描</translation>
    </message>
    <message>
        <source>Parameter</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>What takes one value after the other.</source>
        <translation>依次取每个值的参数。</translation>
    </message>
    <message>
        <source>1..1024 doubles, 16..64+16 adds 16, commas separate</source>
        <translation>1..1024 逐次加倍,16..64+16 每次加 16,逗号分隔</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Seconds for each point</source>
        <translation>每个点的秒数</translation>
    </message>
    <message>
        <source>How long each point measures, all variants together</source>
        <translation>每个点的测量时长,所有变体合计</translation>
    </message>
    <message>
        <source>over</source>
        <translation>的取值</translation>
    </message>
    <message>
        <source>each</source>
        <translation>每点</translation>
    </message>
</context>
<context>
    <name>SweepPage</name>
    <message>
        <source>Sweep</source>
        <translation>扫描</translation>
    </message>
    <message>
        <source>The first point will appear here as soon as it is measured.</source>
        <translation>第一个点一测完就会显示在这里。</translation>
    </message>
    <message>
        <source>Run the experiment once for each value of a parameter: how step time grows with batch, a size, a dtype or the number of threads, and where one variant overtakes another, will appear here.

Choose a parameter and its values above, then press Run sweep.</source>
        <translation>对参数的每个值各运行一次实验:步时间如何随批大小、尺寸、数据类型或线程数变化,以及一个变体在何处超过另一个,都会显示在这里。

在上方选择参数及其值,然后按“运行扫描”。</translation>
    </message>
    <message>
        <source>Without a result: {0} {1}.</source>
        <translation>没有结果:{0} {1}。</translation>
    </message>
    <message>
        <source>Double-click a point to see its run in the other pages</source>
        <translation>双击数据点,在其他页面查看其运行</translation>
    </message>
</context>
<context>
    <name>TolerancesDialog</name>
    <message>
        <source>Tolerances</source>
        <translation>容差</translation>
    </message>
    <message>
        <source>a and b are equal if |a − b| ≤ absolute + relative × |b|. Empty is the default.</source>
        <translation>若 |a − b| ≤ 绝对 + 相对 × |b|,则 a 与 b 相等。留空为默认值。</translation>
    </message>
    <message>
        <source>Dtype</source>
        <translation>数据类型</translation>
    </message>
    <message>
        <source>Absolute</source>
        <translation>绝对</translation>
    </message>
    <message>
        <source>Relative</source>
        <translation>相对</translation>
    </message>
    <message>
        <source>absolute</source>
        <translation>绝对</translation>
    </message>
    <message>
        <source>relative</source>
        <translation>相对</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
</context>
<context>
    <name>TraceChoiceDialog</name>
    <message>
        <source>Export Chrome trace</source>
        <translation>导出 Chrome 跟踪</translation>
    </message>
    <message>
        <source>Compress (.json.gz)</source>
        <translation>压缩 (.json.gz)</translation>
    </message>
    <message>
        <source>Opens in Perfetto, chrome://tracing and HolisticTraceAnalysis.</source>
        <translation>可在 Perfetto、chrome://tracing 和 HolisticTraceAnalysis 中打开。</translation>
    </message>
    <message>
        <source>Part:</source>
        <translation>部分：</translation>
    </message>
    <message numerus="yes">
        <source>The whole recording (%n window(s))</source>
        <translation>
            <numerusform>整个记录（%n 个窗口）</numerusform>
        </translation>
    </message>
    <message>
        <source>Window {0} · {1} · {2} per step · {3} events</source>
        <translation>窗口 {0} · {1} · 每步 {2} · {3} 个事件</translation>
    </message>
</context>
<context>
    <name>TreeActions</name>
    <message>
        <source>Repeat</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Independent copies, one after the other:</source>
        <translation>依次执行的独立副本数：</translation>
    </message>
    <message>
        <source>Residual: x + f(x)</source>
        <translation>残差：x + f(x)</translation>
    </message>
    <message>
        <source>Sequential</source>
        <translation>顺序</translation>
    </message>
    <message>
        <source>Parallel</source>
        <translation>并行</translation>
    </message>
</context>
<context>
    <name>TreeEditor</name>
    <message>
        <source>Add layer</source>
        <translation>添加层</translation>
    </message>
    <message>
        <source>Delete layer</source>
        <translation>删除层</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>复制一份</translation>
    </message>
    <message>
        <source>Duplicate variant</source>
        <translation>复制变体</translation>
    </message>
    <message>
        <source>A container can&apos;t be moved into itself.</source>
        <translation>容器不能移动到自身内部。</translation>
    </message>
    <message>
        <source>Move layer</source>
        <translation>移动层</translation>
    </message>
    <message>
        <source>Wrap in {}</source>
        <translation>包裹进 {}</translation>
    </message>
    <message>
        <source>Unwrap</source>
        <translation>解除包裹</translation>
    </message>
    <message>
        <source>Enable</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>Disable</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Variant {}</source>
        <translation>变体 {}</translation>
    </message>
    <message>
        <source>Add variant</source>
        <translation>添加变体</translation>
    </message>
    <message>
        <source>Move variant</source>
        <translation>移动变体</translation>
    </message>
    <message>
        <source>Delete variant</source>
        <translation>删除变体</translation>
    </message>
</context>
<context>
    <name>TrustDialog</name>
    <message>
        <source>Trust this folder?</source>
        <translation>信任此文件夹？</translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>… 以及另外 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Trust these folders?</source>
        <translation>信任这些文件夹？</translation>
    </message>
    <message>
        <source>This project uses layers written in Python that lie in</source>
        <translation>此项目使用了用 Python 编写的层，它们位于</translation>
    </message>
    <message>
        <source>Loading or running them executes this code with your rights:</source>
        <translation>加载或运行它们会以您的权限执行以下代码：</translation>
    </message>
    <message>
        <source>Trust the folder only if you know who wrote the code. Nothing was run so far.</source>
        <translation>请仅在知道代码作者时信任该文件夹。目前没有运行过任何代码。</translation>
    </message>
    <message>
        <source>Trust folder</source>
        <translation>信任文件夹</translation>
    </message>
    <message>
        <source>Trust folders</source>
        <translation>信任这些文件夹</translation>
    </message>
    <message>
        <source>Don&apos;t run</source>
        <translation>不运行</translation>
    </message>
</context>
<context>
    <name>UnexpectedErrors</name>
    <message>
        <source>Something went wrong inside Layerscope: {0}: {1}</source>
        <translation>Layerscope 内部出错：{0}：{1}</translation>
    </message>
    <message>
        <source>Your work is kept and you can go on. Please report this, with the details.</source>
        <translation>您的工作已保留，可以继续。请附上详情报告此问题。</translation>
    </message>
</context>
<context>
    <name>VerdictList</name>
    <message>
        <source>Verdicts</source>
        <translation>结论</translation>
    </message>
</context>
<context>
    <name>ViewBar</name>
    <message>
        <source>Hold the view still while capture goes on (Space)</source>
        <translation>暂停视图，采集继续（空格）</translation>
    </message>
    <message>
        <source>Zoom all charts together (L)</source>
        <translation>所有图表一起缩放 (L)</translation>
    </message>
    <message>
        <source>Show all of the run and follow the newest</source>
        <translation>显示整个运行并跟随最新数据</translation>
    </message>
    <message>
        <source>Fit heights; again: with every outlier (F)</source>
        <translation>适应高度；再按一次：包含所有离群值（F）</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Zoomed</source>
        <translation>已放大</translation>
    </message>
</context>
<context>
    <name>WeightsDialog</name>
    <message>
        <source>Weights of {0}</source>
        <translation>{0} 的权重</translation>
    </message>
    <message>
        <source>Before the first step each tensor gets the values of a tensor of “{0}”. They are matched by name and shape, else by shape alone. Click a source to choose another.</source>
        <translation>在第一步之前,每个张量取“{0}”的某个张量的值。先按名称和形状对应,否则只按形状。点击来源可另选。</translation>
    </message>
</context>
<context>
    <name>WhyPanel</name>
    <message>
        <source>By kernel</source>
        <translation>按内核</translation>
    </message>
    <message>
        <source>By layer</source>
        <translation>按层</translation>
    </message>
    <message>
        <source>Where the difference comes from</source>
        <translation>差异从何而来</translation>
    </message>
    <message>
        <source>Unavailable: {0}</source>
        <translation>不可用:{0}</translation>
    </message>
    <message>
        <source>What makes the difference will appear with the first profile windows of both.</source>
        <translation>两者都有剖析窗口后,这里会显示差异的来源。</translation>
    </message>
</context>
</TS>
