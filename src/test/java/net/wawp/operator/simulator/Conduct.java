package net.wawp.operator.simulator;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How an instance behaves: what is set for it alone, and below that what is set for all. Thread-safe. */
public final class Conduct {

    private final Optional<Conduct> general;
    private final Set<Quirk> quirks = ConcurrentHashMap.newKeySet();
    private volatile Optional<Timing> timing = Optional.empty();

    private Conduct(Optional<Conduct> general) {
        this.general = general;
    }

    static Conduct ofAll() {
        return new Conduct(Optional.empty());
    }

    static Conduct ofOne(Conduct general) {
        return new Conduct(Optional.of(general));
    }

    public Timing timing() {
        return timing.orElseGet(() -> general.map(Conduct::timing).orElse(Timing.DEFAULT));
    }

    public void timing(Timing newTiming) {
        timing = Optional.of(newTiming);
    }

    public void turnOn(Quirk quirk) {
        quirks.add(quirk);
    }

    /** Ends what was turned on here; what is turned on for all stays. */
    public void turnOff(Quirk quirk) {
        quirks.remove(quirk);
    }

    public boolean has(Quirk quirk) {
        return quirks.contains(quirk) || general.filter(all -> all.has(quirk)).isPresent();
    }

    /** The quirks set here, not those that are set for all. */
    Set<Quirk> quirks() {
        EnumSet<Quirk> copy = EnumSet.noneOf(Quirk.class);
        copy.addAll(quirks);
        return copy;
    }

    void quirks(Set<Quirk> newQuirks) {
        quirks.retainAll(newQuirks);
        quirks.addAll(newQuirks);
    }
}
