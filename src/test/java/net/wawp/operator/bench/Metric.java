package net.wawp.operator.bench;

/** What is reported of a run, in the order of the table. */
enum Metric {
    FirstCall("start → first call", "s", 2, true),
    AllPolled("start → all polled once", "s", 1, true),
    OnTime("polls on time (interval + 1 s)", "%", 2, false),
    LongestGap("longest gap between two polls", "s", 1, true),
    PollRate("polls", "/s", 1, false),
    StartPeak("most polls in a second after the start", "/s", 0, true),
    CpuPerPoll("CPU per poll, at rest", "ms", 3, true),
    Cores("CPU, at rest", "cores", 3, true),
    NewP50("new resource → first call, p50", "ms", 1, true),
    NewP99("new resource → first call, p99", "ms", 1, true),
    RssAnon("RssAnon, at rest", "MiB", 1, true),
    VmRss("VmRSS, at rest", "MiB", 1, true),
    VmHwm("VmRSS, peak", "MiB", 1, true),
    CgroupPeak("cgroup peak, page cache included", "MiB", 1, true),
    Writes("writes at rest, beside Leases", "", 0, true),
    LeaseRate("requests to the Lease", "/s", 2, true),
    OthersBusy("the machine's cores that did something else", "cores", 2, true);

    final String label;
    final String unit;
    final int digits;
    final boolean lowIsGood;

    Metric(String label, String unit, int digits, boolean lowIsGood) {
        this.label = label;
        this.unit = unit;
        this.digits = digits;
        this.lowIsGood = lowIsGood;
    }
}
